import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '#engine/nn/random.ts';
import type { Judge } from '#engine/rewards/judge.ts';
import { generate } from '#engine/sampling/generate.ts';
import type { Tokenizer } from '#engine/tokens/tokenizer.ts';
import type { JobContext } from '#engine/training/context.ts';
import { trainPpo } from '#engine/training/ppo.ts';
import { trainSft } from '#engine/training/sft.ts';
import { loadCheckpoint } from '#engine/weights/checkpoint.ts';
import type { PromptRow, SftRow } from '#shared/jobs.ts';
import { mean } from '#shared/statistics.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import { sftConfig } from '#shared/training/sft.ts';
import { drawGraph, type Graph, letterOf, longestPath, nodes, nodesOf, optimality, randomWalk } from './graph.ts';
import { letterTokenizer, writeFreshModel } from './model.ts';

/** Walks that SFT learns from. */
const walks = 1000;
/** Start nodes that neither SFT nor PPO ever begins at. Others lead to each by at least two edges: what no walk passes through, nobody can know. */
const heldOutStarts = 5;
const fewestWaysIn = 2;
/** Paths drawn from each start node to measure a policy. */
const measuredPaths = 64;
/** The steps of a path and the stop token. */
const maxNewTokens = longestPath + 1;

/** What one seed reached: mean optimality, of paths sampled at temperature 1 and of PPO's greedy ones. */
export interface WalksResult {
  seed: number;
  heldOut: { walks: number; sft: number; ppo: number; greedy: number };
  train: { sft: number; ppo: number; greedy: number };
  /** Mean k1 a path over the last ten batches, nats. */
  kl: number;
  seconds: number;
  /** Of all threads of this process. */
  cpuSeconds: number;
}

/**
 * β and the learning rate keep PPO uncertain for as long as it learns. A path that it has become certain of is the only one that it still tries, and what a held-out node is
 * good for, it knows from passing through; at β .02 and 5e-4 it was certain after 20 steps.
 */
const settings = {
  sft: { learningRate: 2e-3, epochs: 20, batchSize: 50, evaluateEvery: 10_000, checkpointEvery: 10_000 },
  ppo: {
    ...{ learningRate: 2e-4, klCoefficient: 0.1, steps: 100, episodes: 256, minibatchSize: 128, epochs: 4 },
    ...{ penalizeMissingEos: false, maxNewTokens, sampleEvery: 10_000, checkpointEvery: 10_000 },
  },
};

/**
 * A graph and a split of its start nodes by `seed`; SFT from random weights on walks without aim, then PPO by the engine's own trainers, paid by how good a path is.
 * @param folder for runs and checkpoints. A backend must be open.
 */
export async function learnWalks(seed: number, folder: string, say: (line: string) => void): Promise<WalksResult> {
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  const graph = drawGraph(Random.from(seed, 'graph'));
  const starts = Random.from(seed, 'starts').shuffle(Array.from({ length: nodes - 1 }, (_, i) => i + 1));
  const heldOut = starts.filter((node) => graph.edges.flat().filter((to) => to === node).length >= fewestWaysIn).slice(0, heldOutStarts);
  const train = starts.filter((node) => !heldOut.includes(node));
  const tokenizer = letterTokenizer();
  const fresh = join(folder, 'fresh');
  writeFreshModel(fresh, tokenizer, seed);
  const context = (name: string): JobContext => ({
    backend: 'random walks',
    breathe: async () => {},
    emit: (event) => {
      if (event.event === 'progress' && event.step % 100 === 0) say(`Seed ${seed}, ${name}: step ${event.step} of ${event.totalSteps}`);
      if (event.event === 'metrics' && name === 'ppo') kls.push(event.values['objective/kl'] ?? Number.NaN);
    },
  });
  const kls: number[] = [];

  const walk = Random.from(seed, 'walks');
  const walked = Array.from({ length: walks }, (_, i): SftRow => {
    const start = train[i % train.length]!;
    return { id: `w${i}`, prompt: promptOf(start), response: randomWalk(graph, start, walk).map(letterOf).join('') };
  });
  const sftFolder = runFolder(folder, 'sft', walked, []);
  const sftJob = { kind: 'sft' as const, runFolder: sftFolder, startCheckpoint: fresh, resume: false };
  await trainSft({ ...sftJob, config: sftConfig.parse({ seed, ...settings.sft }) }, context('sft'));
  const sft = join(sftFolder, 'checkpoint');

  const prompts = train.map((start): PromptRow => ({ id: letterOf(start), prompt: promptOf(start) }));
  const ppoFolder = runFolder(folder, 'ppo', prompts, []);
  const ppoJob = {
    kind: 'ppo' as const,
    runFolder: ppoFolder,
    startCheckpoint: sft,
    rewardModel: null,
    resume: false,
    samplePromptIds: [],
  };
  await trainPpo({ ...ppoJob, config: ppoConfig.parse({ seed, ...settings.ppo }) }, context('ppo'), pathJudge(graph, tokenizer));
  const ppo = join(ppoFolder, 'checkpoint');

  const aimless = Random.from(seed, 'aimless');
  const walksFrom = (start: number) => Array.from({ length: 200 }, () => optimality(graph, start, randomWalk(graph, start, aimless)));
  const reached = async (checkpoint: string, from: readonly number[], temperature: number) =>
    await measure(checkpoint, graph, from, seed, temperature);
  const result = {
    seed,
    heldOut: {
      walks: mean(heldOut.flatMap(walksFrom)),
      sft: await reached(sft, heldOut, 1),
      ppo: await reached(ppo, heldOut, 1),
      greedy: await reached(ppo, heldOut, 0),
    },
    train: { sft: await reached(sft, train, 1), ppo: await reached(ppo, train, 1), greedy: await reached(ppo, train, 0) },
    kl: mean(kls.slice(-10)),
  };
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ...result, seconds: (performance.now() - began) / 1000, cpuSeconds: (user + system) / 1e6 };
}

const promptOf = (start: number) => [{ role: 'user' as const, content: letterOf(start) }];

/** Pays a path by `optimality`; the id of a prompt is its start node. */
function pathJudge(graph: Graph, tokenizer: Tokenizer): Judge {
  return {
    names: ['optimality'],
    judge: async (answers) =>
      answers.map(({ promptId, response }) => {
        const reward = worthOf(graph, nodesOf(promptId)![0]!, tokenizer.decode([...response]));
        return { reward, parts: [reward], disagreement: null };
      }),
  };
}

function worthOf(graph: Graph, start: number, text: string): number {
  const path = nodesOf(text);
  return path ? optimality(graph, start, path) : 0;
}

function runFolder(folder: string, name: string, train: readonly object[], heldOut: readonly object[]): string {
  const run = join(folder, name);
  mkdirSync(join(run, 'data'), { recursive: true });
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(run, 'data/train.jsonl'), lines(train));
  writeFileSync(join(run, 'data/held_out.jsonl'), lines(heldOut));
  return run;
}

/** Mean optimality of a checkpoint's paths from `starts`. */
async function measure(checkpoint: string, graph: Graph, starts: readonly number[], seed: number, temperature: number): Promise<number> {
  const { decoder, tokenizer } = loadCheckpoint(checkpoint);
  try {
    const paths = temperature === 0 ? 1 : measuredPaths;
    const asked = starts.flatMap((start) =>
      Array.from({ length: paths }, (_, i) => ({
        start,
        ids: tokenizer.prompt(promptOf(start)),
        generator: Random.from(seed, 'measure', letterOf(start), i),
      })),
    );
    const found = await generate(decoder, asked, { temperature, topK: 0, topP: 1, maxNewTokens, stopIds: tokenizer.stopIds });
    return mean(found.map(({ ids }, i) => worthOf(graph, asked[i]!.start, tokenizer.decode(ids))));
  } finally {
    decoder.dispose();
  }
}
