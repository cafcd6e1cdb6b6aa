import { describe, expect, test } from 'vitest';
import {
  type BackendFinding,
  chooseBackend,
  exampleWorks,
  tensorflowPays,
  type UsableBackend,
  type Work,
  wasmHolds,
} from '#shared/backends.ts';

const absent = (name: UsableBackend): BackendFinding => ({ name, available: false, gpu: false, words: name, reason: 'it is not there' });
const found = (name: UsableBackend, gpu: boolean): BackendFinding => ({ name, available: true, gpu, words: `${name} words`, reason: null });
const wasm = found('wasm', false);
const machines = {
  'nothing but WebAssembly': [absent('webgpu'), absent('tensorflow'), wasm],
  'TensorFlow on the CPU': [absent('webgpu'), found('tensorflow', false), wasm],
  'a WebGPU adapter': [found('webgpu', true), absent('tensorflow'), wasm],
  'a WebGPU adapter and TensorFlow that found no GPU': [found('webgpu', true), found('tensorflow', false), wasm],
  'a WebGPU adapter and TensorFlow with CUDA': [found('webgpu', true), found('tensorflow', true), wasm],
  'TensorFlow with CUDA and no adapter': [absent('webgpu'), found('tensorflow', true), wasm],
  'SwiftShader that was asked for by name': [found('webgpu', false), absent('tensorflow'), wasm],
  'SwiftShader and TensorFlow on the CPU': [found('webgpu', false), found('tensorflow', false), wasm],
  'a machine that was never examined': [],
} satisfies Record<string, BackendFinding[]>;

const works = {
  small: { kind: 'train', parameters: 1e6 },
  large: { kind: 'train', parameters: 5e7 },
  smallPpo: { kind: 'both', parameters: 5e6 },
  largePpo: { kind: 'both', parameters: 5e7 },
  answers: { kind: 'decode', parameters: 5e7 },
} satisfies Record<string, Work>;

const table: [keyof typeof machines, Record<keyof typeof works, UsableBackend>][] = [
  ['nothing but WebAssembly', { small: 'wasm', large: 'wasm', smallPpo: 'wasm', largePpo: 'wasm', answers: 'wasm' }],
  ['TensorFlow on the CPU', { small: 'wasm', large: 'tensorflow', smallPpo: 'wasm', largePpo: 'tensorflow', answers: 'wasm' }],
  ['a WebGPU adapter', { small: 'webgpu', large: 'webgpu', smallPpo: 'webgpu', largePpo: 'webgpu', answers: 'webgpu' }],
  [
    'a WebGPU adapter and TensorFlow that found no GPU',
    { small: 'webgpu', large: 'webgpu', smallPpo: 'webgpu', largePpo: 'webgpu', answers: 'webgpu' },
  ],
  [
    'a WebGPU adapter and TensorFlow with CUDA',
    { small: 'webgpu', large: 'tensorflow', smallPpo: 'webgpu', largePpo: 'tensorflow', answers: 'webgpu' },
  ],
  [
    'TensorFlow with CUDA and no adapter',
    { small: 'tensorflow', large: 'tensorflow', smallPpo: 'tensorflow', largePpo: 'tensorflow', answers: 'tensorflow' },
  ],
  ['SwiftShader that was asked for by name', { small: 'wasm', large: 'wasm', smallPpo: 'wasm', largePpo: 'wasm', answers: 'wasm' }],
  [
    'SwiftShader and TensorFlow on the CPU',
    { small: 'wasm', large: 'tensorflow', smallPpo: 'wasm', largePpo: 'tensorflow', answers: 'wasm' },
  ],
  ['a machine that was never examined', { small: 'wasm', large: 'wasm', smallPpo: 'wasm', largePpo: 'wasm', answers: 'wasm' }],
];

describe.each(table)('%s', (machine, expected) => {
  test.each(Object.entries(expected) as [keyof typeof works, UsableBackend][])('%s runs on %s', (work, backend) => {
    const decision = chooseBackend(machines[machine], 'auto', works[work]);
    expect(decision.backend).toBe(backend);
    expect(decision.because).toMatch(/^\S.*\.$/);
  });

  test('a choice holds, whatever was found', () => {
    for (const setting of ['wasm', 'webgpu', 'tensorflow'] as const) {
      expect(chooseBackend(machines[machine], setting, works.large).backend).toBe(setting);
    }
  });
});

test('the sizes at which it changes', () => {
  const on = (work: Work) => chooseBackend(machines['TensorFlow on the CPU'], 'auto', work).backend;
  for (const kind of ['train', 'both'] as const) {
    expect(on({ kind, parameters: tensorflowPays[kind] - 1 })).toBe('wasm');
    expect(on({ kind, parameters: tensorflowPays[kind] })).toBe('tensorflow');
  }
  expect(on({ kind: 'decode', parameters: wasmHolds.decode })).toBe('wasm');
  expect(on({ kind: 'decode', parameters: wasmHolds.decode + 1 })).toBe('tensorflow');
});

test('a sentence of a decision names no GPU where none was found', () => {
  for (const { words: _, ...work } of exampleWorks) {
    expect(chooseBackend(machines['TensorFlow on the CPU'], 'auto', work).because).toContain('No GPU was found');
    expect(chooseBackend(machines['a WebGPU adapter'], 'auto', work).because).toContain('webgpu words');
  }
});
