import { mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { convert } from '#engine/formats/convert.ts';
import { exportFolder, openWhole } from '#engine/formats/export.ts';
import { exportPeft } from '#engine/formats/export-peft.ts';
import { exportGguf, type GgufStorage } from '#engine/formats/gguf/export.ts';
import { loadLanguageModel } from '#engine/formats/language-model.ts';
import { openModel } from '#engine/formats/open.ts';
import { parametersOf } from '#engine/formats/source.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import type { Decoder } from '#engine/nn/decoder.ts';
import { Random } from '#engine/nn/random.ts';
import { CheckpointLoader, saveCheckpoint } from '#engine/weights/checkpoint.ts';
import { writeSafetensors } from '#engine/weights/safetensors.ts';
import { goldenFixture, goldenPath } from '../golden/load.ts';
import { referenceModel } from '../support/reference-model.ts';
import { tinyTokenizer } from '../support/tiny-model.ts';

/** One export and what we compute with it. */
export interface PeerCase {
  name: string;
  kind: 'hf' | 'gguf' | 'peft' | 'reward';
  folder: string;
  /** Of a GGUF. */
  file?: string;
  /** Of a GGUF whose metadata transformers does not read in full: a folder with its config.json. */
  config?: string;
  /** Of an adapter: the folder of the model that it is loaded beside. */
  base?: string;
  sequences: number[][];
  /** A safetensors file of our logits: `0`, `1`, … */
  ours: string;
  /** Texts with our ids. */
  texts: [text: string, ids: number[]][];
}

const still = async () => {};
const goldenNames = ['gpt2', 'llama', 'llama3-rope', 'qwen2', 'qwen3', 'smollm'];
/** transformers 5.23 reads from GGUF neither GPT-2's positions, nor Llama 3's stretched ones, nor a width of heads of Qwen3's own. llama.cpp does. */
const readInPart = ['gpt2', 'llama3-rope', 'qwen3'];
const storages: GgufStorage[] = ['F16', 'Q8_0'];

/** Writes every export with our logits under `folder`. The engine's backend is open. */
export async function writePeerCases(folder: string): Promise<PeerCase[]> {
  const cases: PeerCase[] = [];
  for (const name of goldenNames) {
    const { sequences } = goldenFixture<{ sequences: number[][] }>('models', name);
    const source = openModel(goldenPath('models', name));
    const tokenizer = tinyTokenizer(decoderConfigFrom(source.config).vocabulary);
    const model = { config: source.config, tokenizer, parameters: parametersOf(source), name, license: null };
    for (const storage of storages) {
      const path = join(folder, `${name}-${storage}`, 'model.gguf');
      mkdirSync(dirname(path));
      await exportGguf(path, { ...model, storage }, still);
      const config = readInPart.includes(name) ? { config: goldenPath('models', name) } : {};
      const place = { kind: 'gguf' as const, folder: dirname(path), file: basename(path), ...config };
      cases.push(asked(`${name}, GGUF ${storage}`, place, path, sequences));
    }
    source.close();
  }
  cases.push(...(await checkpointCases(join(folder, 'smollm'), goldenPath('models', 'smollm'), sequencesOf('smollm'), tricky)));
  if (referenceModel) {
    const { path, reference } = referenceModel;
    const sequences = reference.cases.map(({ input_ids }) => input_ids);
    const texts = reference.encodings.map(({ text, ids }): [string, number[]] => [text, ids]);
    cases.push(...(await checkpointCases(join(folder, 'smollm2-135m'), path, sequences, texts)));
  }
  return cases;
}

const sequencesOf = (name: string) => goldenFixture<{ sequences: number[][] }>('models', name).sequences;
const tricky = goldenFixture<{ tokenizer: { encodings: { text: string; ids: number[] }[] } }>('models', 'smollm').tokenizer.encodings.map(
  ({ text, ids }): [string, number[]] => [text, ids],
);

/** A model imported, and exported as a folder, as GGUF, as an adapter beside it, as that adapter merged, and as a reward model. */
async function checkpointCases(folder: string, path: string, sequences: number[][], texts: PeerCase['texts']): Promise<PeerCase[]> {
  const name = basename(folder);
  const at = (part: string) => join(folder, part);
  mkdirSync(folder);
  const source = openModel(path);
  await convert(source, at('base'), 'base', still);
  source.close();

  const whole = openWhole(at('base'));
  const cases: PeerCase[] = [];
  for (const storage of ['as_is', 'F16', 'BF16'] as const) {
    await exportFolder(at(storage), whole, { storage, card: `# ${name}\n` }, still);
    cases.push({ ...asked(`${name}, folder ${storage}`, { kind: 'hf', folder: at(storage) }, at(storage), sequences), texts });
  }
  for (const storage of storages) {
    mkdirSync(at(`gguf-${storage}`));
    const file = join(at(`gguf-${storage}`), 'model.gguf');
    await exportGguf(file, { ...whole, name, license: null, storage }, still);
    cases.push(
      asked(`${name}, whole GGUF ${storage}`, { kind: 'gguf', folder: at(`gguf-${storage}`), file: 'model.gguf' }, file, sequences),
    );
  }
  whole.close();

  const loader = new CheckpointLoader({ base: at('base') });
  const base = loader.load(at('base'));
  const adapted = base.decoder.adapted({ rank: 4, alpha: 8, targets: ['all-linear'], stabilized: false }, { seed: 1 });
  shake(adapted, 0.02);
  const manifest = { format: 1 as const, kind: 'policy' as const, reward: null, base: { hash: 'base' } };
  saveCheckpoint(at('adapter'), { ...base, decoder: adapted, manifest });
  const ours = at('adapter.safetensors');
  writeLogits(ours, adapted, sequences);
  exportPeft(at('adapter'), at('peft'), { base: at('as_is'), card: `# ${name}\n` });
  cases.push({ name: `${name}, PEFT adapter`, kind: 'peft', folder: at('peft'), base: at('as_is'), sequences, ours, texts: [] });
  const merged = openWhole(at('adapter'), { base: at('base') });
  await exportFolder(at('merged'), merged, { storage: 'F32', card: `# ${name}\n` }, still);
  merged.close();
  cases.push({ name: `${name}, adapter merged`, kind: 'hf', folder: at('merged'), sequences, ours, texts });
  adapted.dispose();

  cases.push(await rewardCase(folder, at('base'), sequences));
  return cases;
}

/** Adapters begin as no change at all; one of some size is needed. */
function shake({ adapter }: Decoder, deviation: number): void {
  const random = Random.from(2);
  const arrays = adapter!.parameters.toArrays();
  for (const array of arrays.values()) for (let i = 0; i < array.length; i++) array[i] = array[i]! + deviation * random.normal();
  adapter!.parameters.load(arrays);
}

async function rewardCase(folder: string, baseFolder: string, sequences: number[][]): Promise<PeerCase> {
  const name = `${basename(folder)}, reward model`;
  const base = new CheckpointLoader().load(baseFolder);
  const random = Random.from(3);
  const weight = Float32Array.from({ length: base.decoder.config.width }, () => 0.1 * random.normal());
  const reward = { gain: 1.7, bias: -0.4 };
  saveCheckpoint(join(folder, 'reward'), { ...base, manifest: { format: 1, kind: 'reward', reward }, scoreHead: { weight, bias: 0.25 } });
  const whole = openWhole(join(folder, 'reward'));
  const out = join(folder, 'reward-hf');
  await exportFolder(out, whole, { storage: 'as_is', card: `# ${name}\n` }, still);
  whole.close();
  const ours = join(folder, 'reward.safetensors');
  // transformers' classifier has no bias, so the reward less the offset that the card tells.
  const rewards = sequences.map((ids) => [lastHidden(base.decoder, ids).reduce((sum, h, i) => sum + reward.gain * weight[i]! * h, 0)]);
  writeSafetensors(ours, new Map(rewards.map((value, number) => [String(number), Float32Array.from(value)])));
  base.decoder.dispose();
  return { name, kind: 'reward', folder: out, sequences, ours, texts: [] };
}

function asked(name: string, place: Pick<PeerCase, 'kind' | 'folder' | 'file' | 'config'>, path: string, sequences: number[][]): PeerCase {
  const { decoder } = loadLanguageModel(path);
  const ours = `${path}.ours.safetensors`;
  writeLogits(ours, decoder, sequences);
  decoder.dispose();
  return { name, ...place, sequences, ours, texts: [] };
}

function writeLogits(path: string, decoder: Decoder, sequences: readonly number[][]): void {
  const { width } = decoder.config;
  const logits = sequences.map((ids) =>
    tf.tidy(() => decoder.logits(tf.reshape(hiddenOf(decoder, ids), [ids.length, width]) as tf.Tensor2D).dataSync() as Float32Array),
  );
  writeSafetensors(path, new Map(logits.map((values, number) => [String(number), values])));
}

function lastHidden(decoder: Decoder, ids: readonly number[]): Float32Array {
  return tf.tidy(() => (hiddenOf(decoder, ids).dataSync() as Float32Array).slice(-decoder.config.width));
}

function hiddenOf(decoder: Decoder, ids: readonly number[]): tf.Tensor3D {
  const row = tf.tensor2d([...ids], [1, ids.length], 'int32');
  return decoder.hidden(row, tf.onesLike(row));
}
