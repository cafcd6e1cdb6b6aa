/**
 * `npm run active -- [--seeds N] [--json]`: does choosing what to label next beat drawing at random on the demo project? The demo's model answers requests
 * twice, the simulated annotator (15% slips) labels pairs in rounds, a linear head on the untouched model learns from them and orders held-out pairs. A
 * fifth of every round is drawn at random, as in the app. Minutes on two cores.
 */
import { join } from 'node:path';
import { openBackend } from '#engine/backends/open.ts';
import { Random } from '#engine/nn/random.ts';
import { differencesOf, readPairStates } from '#engine/training/head-start.ts';
import { RewardModel } from '#engine/training/reward-model.ts';
import { ScoreHead } from '#engine/training/score-head.ts';
import { type Checkpoint, loadCheckpoint } from '#engine/weights/checkpoint.ts';
import { judge, makePrompt } from '#shared/front-desk/index.ts';
import { mean, meanEstimate } from '#shared/statistics.ts';
import { rewardConfig } from '#shared/training/reward.ts';
import { type Course, type LabelingPlan, labelingCourse, labelsToReach, type PairFeatures, type Strategy } from './active/selection.ts';
import { deskPromptOf, type PromptLine, pairs } from './demo/annotator.ts';
import { runScript } from './lib/run-script.ts';
import { say } from './lib/say.ts';
import { wholeNumber } from './lib/whole-number.ts';

const usage = `Usage: npm run active -- [--seeds 20] [--json]

Whether choosing what to label next beats drawing at random, on the demo project.
Example: npm run active -- --seeds 5 --json`;

const requests = { train: 1500, held_out: 700 };
const slips = 0.15;
const plan: LabelingPlan = { first: 50, round: 50, last: 500, randomShare: 0.2, ridge: rewardConfig.parse({}).headRidge, members: 5 };
const strategies: Strategy[] = ['random', 'uncertainty', 'disagreement'];

/** Pairs of answers to new requests whose gold scores differ, as differences of hidden states. */
async function featuresOf(checkpoint: Checkpoint, split: 'train' | 'held_out', noise: number): Promise<PairFeatures[]> {
  const random = Random.from(7, 'active', split);
  const lines: PromptLine[] = Array.from({ length: requests[split] }, (_, index) => {
    const { text, intent, values: slots } = makePrompt(split, () => random.uniform());
    return { id: `${split}-${index}`, prompt: [{ role: 'user', content: text }], topic: intent, split, slots };
  });
  const byId = new Map(lines.map((line) => [line.id, line]));
  const judged = (await pairs(checkpoint, lines, 7)).flatMap(({ promptId, responses }) => {
    const line = byId.get(promptId)!;
    const [a, b] = responses.map(({ text, terminated }) => judge(deskPromptOf(line), text, terminated).gold) as [number, number];
    const side = (index: 0 | 1) => ({
      prompt: checkpoint.tokenizer.prompt(line.prompt),
      response: [...checkpoint.tokenizer.encode(responses[index].text), checkpoint.tokenizer.eosId],
    });
    return a === b ? [] : [{ pair: { chosen: side(0), rejected: side(1), target: { softTarget: 1, margin: 0 } }, truth: a > b }];
  });
  const model = new RewardModel(checkpoint.decoder, ScoreHead.zeros(checkpoint.decoder.config.width));
  const states = await readPairStates(
    model,
    judged.map(({ pair }) => pair),
    checkpoint.tokenizer.padId,
    async () => {},
  );
  return differencesOf(states).map((difference, index) => {
    const { truth } = judged[index]!;
    return { difference, truth, label: random.uniform() < noise ? !truth : truth };
  });
}

/** How accuracy grows by each way of choosing, over the same seeds. */
async function compareStrategies(seeds: number) {
  const backend = await openBackend();
  const checkpoint = loadCheckpoint(join(import.meta.dirname, '../resources/demo/model'));
  const pool = await featuresOf(checkpoint, 'train', slips);
  const heldOut = await featuresOf(checkpoint, 'held_out', 0);
  await backend.close();
  say(`${pool.length} pairs to label, ${heldOut.length} held out, ${seeds} seeds.`);

  const courses = new Map<Strategy, Course[]>();
  for (const strategy of strategies) {
    courses.set(
      strategy,
      Array.from({ length: seeds }, (_, seed) => labelingCourse(pool, heldOut, strategy, plan, seed)),
    );
  }
  const averages = new Map(
    strategies.map((strategy) => {
      const all = courses.get(strategy)!;
      return [
        strategy,
        all[0]!.map(({ labels }, round): Course[number] => ({ labels, accuracy: mean(all.map((course) => course[round]!.accuracy)) })),
      ];
    }),
  );
  /** What random labeling reaches with the last label, on average over the seeds. */
  const goal = averages.get('random')!.at(-1)!.accuracy;
  const rows = strategies.map((strategy) => {
    const all = courses.get(strategy)!;
    const gains = all.map((course, seed) =>
      mean(course.map(({ accuracy }, round) => accuracy - courses.get('random')![seed]![round]!.accuracy)),
    );
    return {
      strategy,
      accuracy: averages.get(strategy)!.map(({ labels, accuracy }) => ({ labels, accuracy: Number(accuracy.toFixed(4)) })),
      /** Labels that the average course needs for what random reaches at the end. */
      labelsForSame: labelsToReach(averages.get(strategy)!, goal),
      /** Accuracy above random labeling, mean over rounds, by seed. */
      gain: strategy === 'random' ? null : meanEstimate(gains),
    };
  });
  return { pool: pool.length, heldOut: heldOut.length, seeds, plan, goal, rows };
}

function inWords({ strategy, accuracy, labelsForSame, gain }: Awaited<ReturnType<typeof compareStrategies>>['rows'][number]): string {
  const percent = (value: number) => (100 * value).toFixed(1);
  const at = (labels: number) => percent(accuracy.find((row) => row.labels === labels)?.accuracy ?? Number.NaN);
  const course = [50, 100, 200, 300, 500].map((labels) => `${labels}: ${at(labels)}%`).join('  ');
  const same = `as random at ${plan.last}: ${labelsForSame?.toFixed(0) ?? 'never'}`;
  const points = gain ? `  gain ${percent(gain.value)} [${percent(gain.low)}, ${percent(gain.high)}] points` : '';
  return `${strategy.padEnd(12)} ${course}  ${same}${points}`;
}

await runScript({
  usage,
  options: { seeds: { type: 'string', default: '20' } },
  read: ({ seeds }) => wholeNumber(seeds, 'seeds', 1),
  run: async (seeds) => {
    const result = await compareStrategies(seeds);
    return { json: result, text: result.rows.map(inWords).join('\n') };
  },
});
