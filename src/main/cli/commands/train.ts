import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { configure } from '#backend/runs/methods.ts';
import { startRun } from '#shared/api/runs.ts';
import { type Method, personKind } from '#shared/domain.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { checkpointNamed, withProject } from '../app.ts';
import { type Command, UsageError } from '../command.ts';
import { finishedRun, follow } from '../follow.ts';
import { assignments, many, number, required, text } from '../values.ts';

/** Settings from `--config FILE` (a JSON object), then `--set KEY=VALUE` over them. */
function settings(file: string | undefined, pairs: readonly string[]): Record<string, z.core.util.JSONType> {
  const overrides = assignments(pairs, 'set');
  if (file === undefined) return z.record(z.string(), z.json()).parse(overrides);
  try {
    const fromFile = z.record(z.string(), z.json()).parse(JSON.parse(readFileSync(file, 'utf8')));
    return z.record(z.string(), z.json()).parse({ ...fromFile, ...overrides });
  } catch (error) {
    throw new PlainError(
      'bad_input',
      `${file} cannot be read as settings: ${sentenceOf(error).split('\n')[0]}. It holds one JSON object, as in {"steps": 20}.`,
      { cause: error },
    );
  }
}

/** @throws {UsageError} naming each setting that is unknown or out of range, before a project is opened */
function usable(method: Method, config: Record<string, unknown>): void {
  try {
    configure(method, config);
  } catch (error) {
    if (error instanceof PlainError) throw new UsageError(error.message);
    throw error;
  }
}

function judges(value: string | undefined) {
  if (value === undefined) return ['person' as const];
  const kinds = z.array(personKind).min(1).safeParse(value.split(','));
  if (!kinds.success) throw new UsageError(`--judgments-by is a list of ${personKind.options.join(', ')}, with commas between.`);
  return kinds.data;
}

function train(method: Method, summary: string, example: string): Command {
  return {
    words: ['train', method],
    summary,
    usage:
      '--project P [--config FILE] [--set KEY=VALUE …] [--start CHECKPOINT] [--reward-model CHECKPOINT] [--judgments-by KINDS] [--limit N]',
    example,
    positionals: [],
    options: {
      project: { type: 'string', short: 'p' },
      config: { type: 'string' },
      set: { type: 'string', multiple: true },
      start: { type: 'string' },
      'reward-model': { type: 'string' },
      'judgments-by': { type: 'string' },
      limit: { type: 'string' },
    },
    optionHelp: {
      project: 'the project folder',
      config: 'a JSON file of settings that differ from their defaults',
      set: 'one setting, as in learningRate=1e-4; goes over --config; may be given many times',
      start: 'checkpoint (name or id) to start from; the project’s SFT checkpoint by default',
      'reward-model': 'checkpoint that scores answers (ppo and grpo only); the newest reward model by default',
      'judgments-by': 'whose judgments: person (the default), simulated, model, or several with commas; kinds mix only when asked to',
      limit: 'use at most this many judgments or prompts, drawn by the seed',
    },
    async run({ values, progress, signal }) {
      const config = settings(text(values, 'config'), many(values, 'set'));
      usable(method, config);
      const judgmentsBy = judges(text(values, 'judgments-by'));
      const limit = number(values, 'limit', { whole: true }) ?? null;
      return withProject(required(values, 'project'), async (app) => {
        const { id } = app.runs.start(
          startRun.parse({
            method,
            startCheckpoint: checkpointNamed(app, text(values, 'start')),
            rewardModel: checkpointNamed(app, text(values, 'reward-model')),
            judgmentsBy,
            limit,
            config,
          }),
        );
        return finishedRun(app, await follow(app, id, progress, signal));
      });
    },
  };
}

export const trainSft = train(
  'sft',
  'Supervised fine-tuning on the preferred answers.',
  'train sft --project front-desk.plumbline --set epochs=2',
);
export const trainReward = train(
  'reward',
  'Trains a reward model on the judgments.',
  'train reward --project front-desk.plumbline --judgments-by person',
);
export const trainPpo = train(
  'ppo',
  'Aligns the policy with PPO toward a reward model or rules.',
  'train ppo --project front-desk.plumbline --set klCoefficient=0.05 --set steps=20',
);
export const trainGrpo = train(
  'grpo',
  'Aligns the policy with GRPO toward a reward model or rules.',
  'train grpo --project front-desk.plumbline --set klCoefficient=0.1 --set groupSize=8',
);
export const trainDpo = train(
  'dpo',
  'Aligns the policy with DPO, from the judgments alone.',
  'train dpo --project front-desk.plumbline --set klCoefficient=0.3 --set epochs=3',
);
