import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { exportFolder, openWhole } from '#engine/formats/export.ts';
import { exportPeft } from '#engine/formats/export-peft.ts';
import { floatsOf } from '#engine/formats/source.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { Random } from '#engine/nn/random.ts';
import { loadAdapter } from '#engine/weights/adapter.ts';
import { saveCheckpoint } from '#engine/weights/checkpoint.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';
import { goldenPath } from '../../golden/load.ts';
import { goldenModel, tinyTokenizer } from '../../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
const still = async () => {};
let backend: Backend;
beforeAll(async () => {
  backend = await openBackend({ name: 'cpu' });
});
afterAll(async () => {
  await backend.close();
  rmSync(folder, { recursive: true });
});

function decoderOf(name: string): Decoder {
  const { config, parameters } = goldenModel(goldenPath('models', name));
  return Decoder.from(decoderConfigFrom(config), new Map(parameters.map(([parameter, { data }]) => [parameter, data])));
}

describe.each(['gpt2', 'llama'])('an adapter of %s', (name) => {
  const at = (part: string) => join(folder, `${name}-${part}`);
  let base: Decoder;
  let adapted: Decoder;
  beforeAll(() => {
    base = decoderOf(name);
    adapted = base.adapted({ rank: 3, alpha: 6, targets: ['all-linear'], stabilized: false }, { seed: 1 });
    const random = Random.from(2);
    const arrays = adapted.adapter!.parameters.toArrays();
    for (const array of arrays.values()) for (let i = 0; i < array.length; i++) array[i] = random.normal() * 0.1;
    adapted.adapter!.parameters.load(arrays);
    const tokenizer = tinyTokenizer(base.config.vocabulary);
    const checkpoint = { tokenizer, scoreHead: null };
    saveCheckpoint(at('base'), { ...checkpoint, decoder: base, manifest: { format: 1, kind: 'base', reward: null } });
    saveCheckpoint(at('adapter'), {
      ...checkpoint,
      decoder: adapted,
      base: 'h',
      manifest: { format: 1, kind: 'policy', reward: null },
    });
  });
  afterAll(() => {
    adapted.dispose();
    base.dispose();
  });

  test('merged on its way out is merged in memory', async () => {
    const whole = openWhole(at('adapter'), { h: at('base') });
    await exportFolder(at('merged'), whole, { storage: 'as_is', card: '# merged\n' }, still);
    whole.close();
    const { tensors } = readSafetensors(join(at('merged'), 'model.safetensors'));
    const merged = adapted.merged();
    for (const [parameter, expected] of merged.parameters.toArrays()) {
      const worst = tensors.get(parameter)!.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      expect(worst, parameter).toBeLessThan(1e-6);
    }
    merged.dispose();
    expect(readdirSync(at('merged'))).not.toContain('plumbline.json');
    expect(readFileSync(join(at('merged'), 'README.md'), 'utf8')).toBe('# merged\n');
  });

  test('beside its base it is the same adapter, and says of which model', () => {
    exportPeft(at('adapter'), at('peft'), { base: 'owner/model', card: '# adapter\n' });
    const again = loadAdapter(at('peft'), base);
    expect(again.adapter!.parameters.toArrays()).toEqual(adapted.adapter!.parameters.toArrays());
    again.adapter!.dispose();
    const config = JSON.parse(readFileSync(join(at('peft'), 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
    expect(config).toMatchObject({ base_model_name_or_path: 'owner/model', peft_type: 'LORA', r: 3 });
    expect(() => exportPeft(at('base'), at('never'), { base: null, card: '' })).toThrow(/a whole model, not an adapter/);
  });

  test('without its base it is refused', () => {
    expect(() => openWhole(at('adapter'))).toThrow(/Import that model first/);
  });
});

test('a reward model leaves as a classifier: gain in its head, the rest told in the card', async () => {
  const decoder = decoderOf('llama');
  const at = join(folder, 'reward');
  const weight = Float32Array.from({ length: decoder.config.width }, (_, i) => Math.sin(i));
  saveCheckpoint(at, {
    decoder,
    tokenizer: tinyTokenizer(decoder.config.vocabulary),
    manifest: { format: 1, kind: 'reward', reward: { gain: 2, bias: -0.5 } },
    scoreHead: { weight, bias: 0.25 },
  });
  decoder.dispose();
  const whole = openWhole(at);
  expect(Array.from(floatsOf(whole.head!.weight))).toEqual(Array.from(weight, (w) => 2 * w));
  expect(whole.head!.bias).toBe(2 * 0.25 - 0.5);
  await exportFolder(join(folder, 'classifier'), whole, { storage: 'BF16', card: '# judge\n' }, still);
  whole.close();
  const config = JSON.parse(readFileSync(join(folder, 'classifier', 'config.json'), 'utf8')) as Record<string, unknown>;
  expect(config).toMatchObject({ architectures: ['LlamaForSequenceClassification'], num_labels: 1 });
  const { tensors } = readSafetensors(join(folder, 'classifier', 'model.safetensors'));
  expect(tensors.get('score.weight')?.shape).toEqual([1, weight.length]);
  expect(tensors.has('score.bias')).toBe(false);
  expect(readFileSync(join(folder, 'classifier', 'README.md'), 'utf8')).toMatch(/one logit at the last token, plus 0\.000000/);
});
