import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createCompare } from '#backend/compare/index.ts';
import { createProjectFolder } from '#backend/create-project.ts';
import { createModels } from '#backend/models/index.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';
import { createSupervisor } from '#jobs/supervisor.ts';
import { exportModel, importModel } from '#shared/api/models.ts';
import { openStore } from '#store/store.ts';
import { goldenPath } from '../golden/load.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** An empty project with its models, on the real engine. */
function openModels() {
  const folder = temporaryFolder();
  const store = openStore(createProjectFolder(join(folder, 'empty.plumbline'), null));
  const sideJobs = createSupervisor();
  const closing: (() => void | Promise<void>)[] = [];
  const uploadsFolder = join(folder, 'uploads');
  mkdirSync(uploadsFolder);
  const context = {
    store,
    jobs: sideJobs,
    sideJobs,
    dataFolder: folder,
    uploadsFolder,
    hubToken: async () => undefined,
    onClose: (work: () => void | Promise<void>) => void closing.push(work),
  };
  const models = createModels(context, createCompare(context));
  onTestFinished(async () => {
    for (const work of closing) await work();
    await sideJobs.close();
    store.close();
  });
  return { folder, store, models };
}

const smollm = goldenPath('models', 'smollm');
const from = (path: string, rest: object = {}) => importModel.parse({ place: { kind: 'path', path }, ...rest });
const tensorsOf = (folder: string) => readSafetensors(join(folder, 'model.safetensors')).tensors;

test('a model comes in, goes out in both formats, and comes in again with equal weights', async () => {
  const { folder, store, models } = openModels();
  const description = await models.inspect({ place: { kind: 'path', path: smollm } });
  expect(description).toMatchObject({ format: 'safetensors', storage: 'BF16', hasTokenizer: true, hasChatTemplate: true });
  expect(description.sample.some(({ special, text }) => special && text === '<|im_start|>')).toBe(true);

  const first = await models.finished(models.import(from(smollm, { name: 'tiny', kind: 'sft' })).transfer);
  expect(first).toMatchObject({ state: 'done', checkpoint: { name: 'tiny' }, error: null });
  const row = store.checkpoints.get(first.checkpoint!.id)!;
  expect(row).toMatchObject({ kind: 'sft', architecture: 'LlamaForCausalLM', parameters: description.parameters });
  const taken = tensorsOf(join(store.folder, 'checkpoints', row.hash));

  for (const [format, storage, name] of [
    ['hf', 'as_is', 'folder'],
    ['gguf', 'F32', 'file.gguf'],
  ] as const) {
    const out = join(folder, name);
    const written = await models.finished(models.export(exportModel.parse({ checkpoint: row.id, out, format, storage })).transfer);
    expect(written).toMatchObject({ state: 'done', path: out });
    const again = await models.finished(models.import(from(out)).transfer);
    expect(again).toMatchObject({ state: 'done', error: null });
    const tensors = tensorsOf(join(store.folder, 'checkpoints', store.checkpoints.get(again.checkpoint!.id)!.hash));
    expect([...tensors.keys()].toSorted()).toEqual([...taken.keys()].toSorted());
    for (const [tensor, { data, shape }] of taken) expect(tensors.get(tensor)).toMatchObject({ data, shape });
  }
  const card = readFileSync(join(folder, 'folder', 'README.md'), 'utf8');
  expect(card).toMatch(/# tiny\n/);
  expect(card).toMatch(/imported from smollm \(safetensors, BF16\)/);
  expect(readdirSync(join(store.folder, 'runs'))).toEqual([]);
}, 120_000);

test('the same model twice is one checkpoint', async () => {
  const { store, models } = openModels();
  const one = await models.finished(models.import(from(smollm)).transfer);
  const two = await models.finished(models.import(from(smollm)).transfer);
  expect(two.checkpoint).toEqual(one.checkpoint);
  expect(store.checkpoints.list()).toHaveLength(1);
}, 60_000);

test('a damaged model fails with a sentence and leaves nothing', async () => {
  const { folder, store, models } = openModels();
  const broken = join(folder, 'broken');
  cpSync(smollm, broken, { recursive: true });
  const shard = join(broken, readdirSync(broken).find((name) => name.startsWith('model-0'))!);
  writeFileSync(shard, readFileSync(shard).subarray(0, -1));
  const failed = await models.finished(models.import(from(broken)).transfer);
  expect(failed.state).toBe('failed');
  expect(failed.error).toMatch(/is damaged: its header describes/);
  expect(store.checkpoints.list()).toEqual([]);
  expect(readdirSync(join(store.folder, 'checkpoints'))).toEqual([]);
  expect(readdirSync(join(store.folder, 'runs'))).toEqual([]);
  expect(() => models.import(from(join(folder, 'nowhere')))).toThrow(/There is no model at/);
}, 60_000);

test('nothing that is there is overwritten, and what a format cannot hold is refused before it begins', async () => {
  const { folder, models } = openModels();
  const { checkpoint } = await models.finished(models.import(from(smollm)).transfer);
  const ask = (rest: object) => () => models.export(exportModel.parse({ checkpoint: checkpoint!.id, out: join(folder, 'out'), ...rest }));
  mkdirSync(join(folder, 'taken'));
  expect(ask({ format: 'hf', out: join(folder, 'taken') })).toThrow(/is there already/);
  expect(ask({ format: 'hf', out: join(folder, 'no', 'such', 'folder') })).toThrow(/There is no folder/);
  expect(ask({ format: 'peft' })).toThrow(/is a whole model, not an adapter/);
  expect(ask({ format: 'hf', storage: 'Q8_0' })).toThrow(/Q8_0 belongs to GGUF/);
  expect(existsSync(join(folder, 'out'))).toBe(false);
}, 60_000);

test('a question is answered while one looks on, and says what the model saw', async () => {
  const { models } = openModels();
  const { checkpoint } = await models.finished(models.import(from(smollm, { kind: 'sft' })).transfer);
  const messages = [{ role: 'user' as const, content: 'Hello?' }];
  const sampling = { temperature: 1, topK: 0, topP: 1, maxNewTokens: 12, seed: 3 };
  const ask = async () => {
    const { question } = models.ask({ checkpoint: checkpoint!.id, messages, sampling });
    await expect.poll(() => models.asked(question).state, { timeout: 30_000 }).toBe('done');
    return models.asked(question);
  };
  const { result, text, tokens } = await ask();
  expect(result?.prompt.map((piece) => piece.text).join('')).toBe('<|im_start|>user\nHello?<|im_end|>\n<|im_start|>assistant\n');
  expect(result?.prompt.filter(({ special }) => special).map((piece) => piece.text)).toEqual([
    '<|im_start|>',
    '<|im_end|>',
    '<|im_start|>',
  ]);
  expect(tokens).toBe(result?.answers[0]?.ids.length);
  expect((await ask()).text).toBe(text); // the seed fixes it
}, 60_000);

test('deleting frees the files, keeps the name, and the model can come in again', async () => {
  const { store, models } = openModels();
  const { checkpoint } = await models.finished(models.import(from(smollm)).transfer);
  const { id } = checkpoint!;
  const row = store.checkpoints.get(id)!;
  const files = join(store.folder, 'checkpoints', row.hash);
  expect(models.removal(id)).toEqual({ bytes: row.bytes, refusal: null, consequences: [] });
  models.remove(id);
  expect(existsSync(files)).toBe(false);
  expect(store.checkpoints.list()).toEqual([]);
  expect(store.checkpoints.get(id)?.name).toBe(checkpoint!.name);
  expect(() => models.removal(id)).toThrow(/were deleted/);
  const again = await models.finished(models.import(from(smollm)).transfer);
  expect(again.checkpoint).toEqual(checkpoint);
  expect(existsSync(files)).toBe(true);
}, 60_000);

test('what rests on a checkpoint is named: an adapter forbids, runs and children are told', async () => {
  const { store, models } = openModels();
  const { checkpoint } = await models.finished(models.import(from(smollm)).transfer);
  const base = store.checkpoints.get(checkpoint!.id)!;
  const child = { ...base, id: 'ckpt_child', name: 'sft-1', hash: '0'.repeat(64), parentId: base.id, baseId: base.id };
  store.checkpoints.insert(child);
  expect(models.removal(base.id).consequences).toEqual(['sft-1 stays, without the start that it could be compared with.']);
  store.checkpoints.insert({ ...child, id: 'ckpt_adapter', name: 'ppo-1', hash: '1'.repeat(64), adapter: true });
  expect(models.removal(base.id).refusal).toMatch(/ppo-1 is an adapter of smollm and cannot do without it/);
  expect(() => models.remove(base.id)).toThrow(/ppo-1 is an adapter/);
  rmSync(join(store.folder, 'checkpoints', base.hash), { recursive: true });
}, 60_000);
