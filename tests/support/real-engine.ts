import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { createCompare } from '#backend/compare/index.ts';
import { createProjectFolder } from '#backend/create-project.ts';
import { ownerOf } from '#backend/people.ts';
import { createRuns } from '#backend/runs/index.ts';
import { createSupervisor } from '#jobs/supervisor.ts';
import { openStore } from '#store/store.ts';
import { writeDemoFolder } from './demo-folder.ts';
import { addJudged } from './judge.ts';
import { temporaryFolder } from './temporary.ts';

const model = fileURLToPath(new URL('../golden/models/smollm', import.meta.url));

/** A demo folder whose model is a tiny random one with a tokenizer, so that the real engine can train it in seconds. */
export function writeTrainableDemo(folder: string): string {
  writeDemoFolder(folder, { pairs: 40, simulated: 12 });
  rmSync(join(folder, 'model'), { recursive: true });
  mkdirSync(join(folder, 'model'));
  const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors.index.json'];
  for (const name of [...files, 'model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']) {
    cpSync(join(model, name), join(folder, 'model', name));
  }
  writeFileSync(join(folder, 'model', 'plumbline.json'), JSON.stringify({ format: 1, kind: 'sft', reward: null }));
  return folder;
}

/** A project on disk with `judged` judgments of its owner, three of four on train prompts. */
export function trainableProject({ judged = 24, place = temporaryFolder() } = {}): string {
  const folder = createProjectFolder(join(place, 'test'), writeTrainableDemo(join(temporaryFolder(), 'demo')));
  const store = openStore(folder);
  store.transaction(() => {
    for (let index = 0; index < judged; index++) {
      addJudged(store, {
        personId: ownerOf(store).id,
        prompt: `Please send ${index} pillows up.`,
        split: index % 4 === 3 ? 'held_out' : 'train',
        texts: ['No.', `Gladly: ${index} pillows are on their way.`],
        ranking: [[1], [0]],
      });
    }
  });
  store.close();
  return folder;
}

/** The backend's runs and comparisons on an open project, with the real engine; closed when the test ends. */
export function openBackend(folder: string) {
  const store = openStore(folder);
  const jobs = createSupervisor();
  const closing: (() => void | Promise<void>)[] = [];
  const context = {
    store,
    jobs,
    sideJobs: jobs,
    dataFolder: folder,
    uploadsFolder: folder,
    hubToken: async () => undefined,
    onClose: (work: () => void | Promise<void>) => void closing.push(work),
  };
  const runs = createRuns(context);
  const compare = createCompare(context);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    for (const work of closing) await work();
    await jobs.close();
    store.close();
  };
  onTestFinished(close);
  return { context, store, jobs, runs, compare, owner: ownerOf(store).id, close };
}

/** Small settings, so that a run is a few seconds on the tiny model, yet has several saved states. */
export const quick = {
  sft: { batchSize: 2, checkpointEvery: 2, epochs: 1 },
  reward: { batchSize: 2, checkpointEvery: 2, evaluateEvery: 4, epochs: 2 },
  ppo: { steps: 6, episodes: 4, minibatchSize: 2, epochs: 1, maxNewTokens: 8, checkpointEvery: 1, sampleEvery: 2 },
  grpo: { steps: 6, groups: 2, groupSize: 2, minibatchSize: 2, epochs: 1, maxNewTokens: 8, checkpointEvery: 1, sampleEvery: 2 },
  dpo: { batchSize: 2, checkpointEvery: 2, evaluateEvery: 2, sampleEvery: 2, epochs: 2, maxNewTokens: 8 },
};
