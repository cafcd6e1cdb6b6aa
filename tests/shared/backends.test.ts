import { describe, expect, test } from 'vitest';
import {
  type BackendFinding,
  chooseBackend,
  exampleWorks,
  gpuWords,
  placeWords,
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
  smallPpo: { kind: 'both', parameters: 3e6 },
  largePpo: { kind: 'both', parameters: 5e7 },
  answers: { kind: 'decode', parameters: 5e7 },
} satisfies Record<string, Work>;

/** "tensorflow+wasm": trained on the one, answers written on the other. */
const table: [keyof typeof machines, Record<keyof typeof works, UsableBackend | 'tensorflow+wasm'>][] = [
  ['nothing but WebAssembly', { small: 'wasm', large: 'wasm', smallPpo: 'wasm', largePpo: 'wasm', answers: 'wasm' }],
  ['TensorFlow on the CPU', { small: 'wasm', large: 'tensorflow', smallPpo: 'wasm', largePpo: 'tensorflow+wasm', answers: 'wasm' }],
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
    { small: 'wasm', large: 'tensorflow', smallPpo: 'wasm', largePpo: 'tensorflow+wasm', answers: 'wasm' },
  ],
  ['a machine that was never examined', { small: 'wasm', large: 'wasm', smallPpo: 'wasm', largePpo: 'wasm', answers: 'wasm' }],
];

describe.each(table)('%s', (machine, expected) => {
  test.each(Object.entries(expected) as [keyof typeof works, string][])('%s runs on %s', (work, place) => {
    const decision = chooseBackend(machines[machine], 'auto', works[work]);
    expect(decision.writer ? `${decision.backend}+${decision.writer}` : decision.backend).toBe(place);
    expect(decision.because).toMatch(/^\S.*\.$/);
  });

  test('a choice holds, whatever was found', () => {
    for (const setting of ['wasm', 'webgpu', 'tensorflow'] as const) {
      for (const work of Object.values(works)) {
        expect(chooseBackend(machines[machine], setting, work)).toMatchObject({ backend: setting, writer: null });
      }
    }
    const split = (work: Work) => chooseBackend(machines[machine], 'tensorflow+wasm', work);
    expect(split(works.small)).toMatchObject({ backend: 'tensorflow', writer: null }); // nothing is written
    expect(split(works.smallPpo)).toMatchObject({ backend: 'tensorflow', writer: 'wasm' });
    expect(split(works.answers)).toMatchObject({ backend: 'wasm', writer: null });
  });
});

test('the sizes at which it changes', () => {
  const on = (work: Work) => placeWords(chooseBackend(machines['TensorFlow on the CPU'], 'auto', work));
  expect(on({ kind: 'train', parameters: tensorflowPays - 1 })).toBe('WebAssembly');
  expect(on({ kind: 'train', parameters: tensorflowPays })).toBe('TensorFlow');
  expect(on({ kind: 'both', parameters: tensorflowPays - 1 })).toBe('WebAssembly');
  expect(on({ kind: 'both', parameters: tensorflowPays })).toBe('TensorFlow, answers on WebAssembly');
  expect(on({ kind: 'both', parameters: wasmHolds.decode + 1 })).toBe('TensorFlow');
  const onWasm = (work: Work) => placeWords(chooseBackend(machines['nothing but WebAssembly'], 'auto', work));
  expect(onWasm({ kind: 'train', parameters: wasmHolds.train + 1 })).toBe('WebAssembly'); // the engine says that it does not fit
  const why = (work: Work) => chooseBackend(machines['TensorFlow on the CPU'], 'auto', work).because;
  expect(why({ kind: 'train', parameters: wasmHolds.train + 1 })).toContain('does not fit');
  expect(why({ kind: 'train', parameters: wasmHolds.train + 1, adapter: true })).not.toContain('does not fit');
  expect(why({ kind: 'both', parameters: wasmHolds.adapter + 1, adapter: true })).toContain('does not fit');
  expect(on({ kind: 'decode', parameters: wasmHolds.decode })).toBe('WebAssembly');
  expect(on({ kind: 'decode', parameters: wasmHolds.decode + 1 })).toBe('TensorFlow');
});

test('a machine says which GPU it has, or that none was found', () => {
  const words = (machine: keyof typeof machines) => gpuWords(machines[machine]);
  expect(words('a WebGPU adapter and TensorFlow with CUDA')).toBe('webgpu words; tensorflow words');
  expect(words('TensorFlow with CUDA and no adapter')).toBe('tensorflow words');
  expect(words('TensorFlow on the CPU')).toBe('none found');
  expect(words('SwiftShader that was asked for by name')).toBe('none found');
});

test('a sentence of a decision names no GPU where none was found', () => {
  for (const { words: _, ...work } of exampleWorks) {
    expect(chooseBackend(machines['TensorFlow on the CPU'], 'auto', work).because).toContain('No GPU was found');
    expect(chooseBackend(machines['a WebGPU adapter'], 'auto', work).because).toContain('webgpu words');
  }
});
