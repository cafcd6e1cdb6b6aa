import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { basesBeside, basesOf } from '#backend/checkpoints/bases.ts';
import { fingerprint } from '#backend/checkpoints/fingerprint.ts';
import { checkpointFolder, registerCheckpoint } from '#backend/checkpoints/register.ts';
import { checkpointViews } from '#backend/checkpoints/views.ts';
import { openDemoProject } from '../support/open-project.ts';
import { temporaryFolder } from '../support/temporary.ts';

const model = 'tests/golden/models/gpt2';

function modelFolder(kind = 'policy'): string {
  const folder = join(temporaryFolder(), 'model');
  mkdirSync(folder);
  for (const name of ['config.json', 'model.safetensors']) cpSync(join(model, name), join(folder, name));
  writeFileSync(join(folder, 'plumbline.json'), JSON.stringify({ format: 1, kind, reward: null }));
  return folder;
}

test('the hash is of names and contents, wherever the folder lies', () => {
  const folder = modelFolder();
  const lines = readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${name}\0${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}\n`,
    );
  expect(fingerprint(folder).hash).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
  expect(fingerprint(modelFolder()).hash).toBe(fingerprint(folder).hash);
  expect(fingerprint(modelFolder('sft')).hash).not.toBe(fingerprint(folder).hash);
});

test('parameters are counted from the header and equal the fixture’s count', () => {
  const { parameter_count } = JSON.parse(readFileSync(join(model, 'fixture.json'), 'utf8')) as { parameter_count: number };
  expect(fingerprint(modelFolder())).toMatchObject({ parameters: parameter_count, architecture: 'GPT2LMHeadModel' });
});

test('a checkpoint is copied in, read-only, once; a run’s result is moved; the lineage knows its parent', () => {
  const { store } = openDemoProject({ pairs: 2, simulated: 0 });
  const [base] = store.checkpoints.list();
  const outside = modelFolder();
  const row = registerCheckpoint(store, { folder: outside, name: 'ppo-1', parentId: base?.id ?? null });
  expect(existsSync(outside)).toBe(true);
  const kept = checkpointFolder(store, row);
  expect(fingerprint(kept).hash).toBe(row.hash);
  expect(statSync(join(kept, 'model.safetensors')).mode & 0o222).toBe(0);
  expect(registerCheckpoint(store, { folder: outside, name: 'again' }).id).toBe(row.id);

  const result = join(store.folder, 'runs', 'run_1', 'checkpoint');
  cpSync(outside, result, { recursive: true });
  writeFileSync(join(result, 'generation_config.json'), '{}');
  const second = registerCheckpoint(store, { folder: result, name: 'ppo-1', parentId: row.id });
  expect(existsSync(result)).toBe(false);
  expect(second.name).toBe('ppo-1-2');
  expect(checkpointViews(store).map(({ name, parent }) => [name, parent])).toEqual([
    [base?.name, null],
    ['ppo-1', base?.id],
    ['ppo-1-2', row.id],
  ]);
  expect(second.baseId).toBe(base?.id);
});

test('an adapter is registered over the base that its manifest names, and is of no use without it', () => {
  const { store } = openDemoProject({ pairs: 2, simulated: 0 });
  const base = registerCheckpoint(store, { folder: modelFolder('sft'), name: 'sft' });
  const adapterFolder = (hash: string) => {
    const folder = modelFolder();
    // any safetensors file will do: its numbers are counted, not read
    renameSync(join(folder, 'model.safetensors'), join(folder, 'adapter_model.safetensors'));
    writeFileSync(join(folder, 'plumbline.json'), JSON.stringify({ format: 1, kind: 'policy', reward: null, base: { hash } }));
    return folder;
  };
  const policy = registerCheckpoint(store, { folder: adapterFolder(base.hash), name: 'ppo-1', parentId: base.id });
  expect(policy).toMatchObject({ adapter: true, baseId: base.id, parameters: 2 * base.parameters });
  expect(store.checkpoints.get(policy.id)).toEqual(policy);
  // what goes on from an adapter rests on the same base
  const next = registerCheckpoint(store, { folder: modelFolder('policy'), name: 'whole', parentId: policy.id });
  expect(next).toMatchObject({ adapter: false, baseId: base.id });
  expect(basesOf(store, [policy, base, next, null])).toEqual({
    [base.hash]: checkpointFolder(store, base),
    [next.hash]: checkpointFolder(store, next),
  });
  expect(basesBeside(checkpointFolder(store, policy))).toEqual({ [base.hash]: checkpointFolder(store, base) });
  expect(basesBeside(checkpointFolder(store, base))).toEqual({});
  expect(checkpointViews(store).find(({ id }) => id === policy.id)?.adapterOf).toBe(base.id);
  expect(() => registerCheckpoint(store, { folder: adapterFolder('0'.repeat(64)), name: 'stray' })).toThrow(
    /stray is an adapter of a model that this project does not have/,
  );
});

test('folders that are no checkpoint are refused with a sentence', () => {
  const { store } = openDemoProject({ pairs: 2, simulated: 0 });
  const refusal = (change: (folder: string) => void) => {
    const folder = modelFolder();
    change(folder);
    return () => registerCheckpoint(store, { folder, name: 'x' });
  };
  expect(refusal((folder) => writeFileSync(join(folder, 'config.json'), '{'))).toThrow(/config\.json is missing or/);
  expect(refusal((folder) => writeFileSync(join(folder, 'plumbline.json'), '{"format":1}'))).toThrow(/plumbline\.json is not what/);
  expect(refusal((folder) => symlinkSync('/etc/hostname', join(folder, 'link')))).toThrow(/is a link/);
  // A header that claims 2^63 bytes.
  const lying = Buffer.alloc(64);
  lying.writeBigUInt64LE(2n ** 63n);
  expect(refusal((folder) => writeFileSync(join(folder, 'model.safetensors'), lying))).toThrow(/not a whole safetensors file/);
  expect(store.checkpoints.count()).toBe(1);
});
