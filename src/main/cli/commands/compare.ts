import { type ComparisonRow, startComparison } from '#shared/api/compare.ts';
import type { Estimate } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { checkpointNamed, withProject } from '../app.ts';
import { type Command, Stopped, UsageError } from '../command.ts';
import { number, required, text } from '../values.ts';

/** `held-out`, `train` or `all`, and after a colon how many prompts: `held-out:200`. */
function promptFilter(filter: string): { split: 'held_out' | 'train' | 'all'; prompts: number | undefined } {
  const [, word, count] = /^(held[-_]out|train|all)(?::([1-9]\d*))?$/.exec(filter) ?? [];
  if (!word)
    throw new UsageError(`--prompts is held-out, train or all, with a number after a colon if you like (held-out:200), not ${filter}.`);
  return { split: word === 'train' || word === 'all' ? word : 'held_out', prompts: count === undefined ? undefined : Number(count) };
}

const interval = (estimate: Estimate | null, digits: number) =>
  estimate ? `${estimate.value.toFixed(digits)} [${estimate.low.toFixed(digits)}, ${estimate.high.toFixed(digits)}]` : '–';

export const compare: Command = {
  words: ['compare'],
  summary: 'Answers the same prompts from several checkpoints and measures the answers; the first is the reference.',
  usage:
    '--project P --models A,B,… [--prompts FILTER] [--seed S] [--temperature T] [--max-new-tokens N] [--weights f32|int8] [--reward-model CHECKPOINT]',
  example: 'compare --project front-desk.plumbline --models sft,ppo-2 --prompts held-out:200',
  positionals: [],
  options: {
    project: { type: 'string', short: 'p' },
    models: { type: 'string' },
    prompts: { type: 'string' },
    seed: { type: 'string' },
    temperature: { type: 'string' },
    'max-new-tokens': { type: 'string' },
    weights: { type: 'string' },
    'reward-model': { type: 'string' },
  },
  optionHelp: {
    project: 'the project folder',
    models: 'checkpoints by name or id, with commas between; two to five',
    prompts: 'held-out (the default), train or all; how many after a colon, 40 by default',
    seed: 'the same seed gives the same prompts and answers',
    temperature: '1 by default; 0 always takes the likeliest token',
    'max-new-tokens': 'longest answer, 64 by default',
    weights: 'f32 (the default), or int8: rounded to 8 bits while answering, faster with a large model',
    'reward-model': 'scores the answers; the newest by default',
  },
  async run({ values, progress, signal }) {
    const models = required(values, 'models').split(',');
    if (models.length < 2 || models.length > 5) throw new UsageError('--models wants two to five checkpoints, with commas between.');
    const filter = promptFilter(text(values, 'prompts') ?? 'held-out');
    const asked = {
      prompts: filter.prompts,
      split: filter.split,
      seed: number(values, 'seed', { whole: true }),
      temperature: number(values, 'temperature'),
      maxNewTokens: number(values, 'max-new-tokens', { whole: true }),
      decodeWeights: text(values, 'weights'),
    };
    return withProject(required(values, 'project'), async (app) => {
      const checkpoints = models.map((model) => checkpointNamed(app, model));
      const input = startComparison.safeParse({ checkpoints, ...asked, rewardModel: checkpointNamed(app, text(values, 'reward-model')) });
      if (!input.success) throw new UsageError(input.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`).join(' '));
      const { report } = app.compare.start(input.data);
      const stop = () => app.compare.stop(report);
      signal.addEventListener('abort', stop);
      const ticking = setInterval(() => {
        const { done, total } = app.compare.get(app.ownerId(), report).progress;
        progress(`${done} of ${total} answers`);
      }, 500);
      try {
        await app.compare.finished(report);
      } finally {
        clearInterval(ticking);
        signal.removeEventListener('abort', stop);
      }
      const result = app.compare.get(app.ownerId(), report);
      if (signal.aborted && result.state !== 'done') throw new Stopped('Stopped. A comparison starts over: run the same command again.');
      if (result.state !== 'done') throw new PlainError('engine', result.error ?? `The comparison ended as ${result.state}.`);
      const rows: ComparisonRow[] = [];
      let after: string | null = null;
      do {
        const page = app.compare.rows(app.ownerId(), { report, after, limit: 100, reveal: true });
        rows.push(...page.rows);
        after = page.next;
      } while (after !== null);
      return {
        json: { report, rows: rows.map(({ promptId, prompt, answers }) => ({ promptId, prompt, answers })), metrics: result.checkpoints },
        text: [
          `${result.name}: ${result.prompts} prompts`,
          ...result.checkpoints.map(
            (measures) =>
              `  ${measures.checkpoint.name.padEnd(12)}  reward ${interval(measures.reward, 2)}  KL ${interval(measures.kl, 2)}  length ${interval(measures.length, 1)}  ended ${(100 * measures.terminatedFraction).toFixed(0)}%  distinct ${(100 * measures.distinctFraction).toFixed(0)}%`,
          ),
        ].join('\n'),
      };
    });
  },
};
