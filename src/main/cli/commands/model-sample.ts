import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { sampleModel } from '#backend/compare/sample.ts';
import { message } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { type PromptRow, sampling } from '#shared/jobs.ts';
import { checkpointNamed, withProject } from '../app.ts';
import { type Command, type OptionValues, Stopped, UsageError } from '../command.ts';
import { number, required, text } from '../values.ts';

const promptFile = z.union([
  z.strictObject({ ids: z.array(z.int().min(0)).min(1) }),
  z.strictObject({ text: z.string().min(1) }),
  z.strictObject({ messages: z.array(message).min(1) }),
]);

/** @throws PlainError bad_input */
function readPrompt(path: string): Omit<PromptRow, 'id'> {
  try {
    const prompt = promptFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    return 'messages' in prompt ? { prompt: prompt.messages } : { prompt: [], exact: prompt };
  } catch (error) {
    throw new PlainError(
      'bad_input',
      `${path} cannot be read as a prompt. It holds one JSON object: {"messages": [{"role": "user", "content": "…"}]}, {"text": "…"} or {"ids": [1, 2, 3]}.`,
      { cause: error },
    );
  }
}

/** The folder of a model: a path as it is, or a checkpoint of the project by name or id. */
async function modelFolder(values: OptionValues): Promise<string> {
  const model = required(values, 'model');
  const project = text(values, 'project');
  if (existsSync(model) || project === undefined) return resolve(model);
  return withProject(project, async (app) => {
    const id = checkpointNamed(app, model);
    const hash = app.compare.checkpoints().find((checkpoint) => checkpoint.id === id)?.hash ?? '';
    return join(app.project.summary(app.ownerId()).path, 'checkpoints', hash);
  });
}

export const modelSample: Command = {
  words: ['model', 'sample'],
  summary: 'Answers one prompt from a checkpoint.',
  usage: '--model M --prompt FILE [--project P] [-n N] [--seed S] [--temperature T] [--top-k K] [--top-p P] [--max-new-tokens N]',
  example: 'model sample --model sft --project front-desk.plumbline --prompt prompt.json -n 4 --seed 1',
  positionals: [],
  options: {
    model: { type: 'string' },
    prompt: { type: 'string' },
    project: { type: 'string', short: 'p' },
    number: { type: 'string', short: 'n' },
    seed: { type: 'string' },
    temperature: { type: 'string' },
    'top-k': { type: 'string' },
    'top-p': { type: 'string' },
    'max-new-tokens': { type: 'string' },
  },
  optionHelp: {
    model: 'a checkpoint’s folder, or its name or id in the project',
    prompt: 'a JSON file: {"messages": […]}, {"text": "…"} or {"ids": […]}',
    project: 'the project that has the checkpoint',
    number: 'how many answers, 1 by default',
    seed: 'the same seed gives the same answers on the same backend',
    temperature: '1 by default; 0 always takes the likeliest token',
    'top-k': 'draw from the k likeliest tokens only; 0, the default, is off',
    'top-p': 'draw from the likeliest tokens that together have this probability; 1, the default, is off',
    'max-new-tokens': 'longest answer, 64 by default',
  },
  async run({ values, signal }) {
    required(values, 'model');
    const prompt = readPrompt(required(values, 'prompt'));
    const settings = sampling.safeParse({
      seed: number(values, 'seed', { whole: true }),
      temperature: number(values, 'temperature'),
      topK: number(values, 'top-k', { whole: true }),
      topP: number(values, 'top-p'),
      maxNewTokens: number(values, 'max-new-tokens', { whole: true }),
    });
    if (!settings.success)
      throw new UsageError(settings.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`).join(' '));
    const count = number(values, 'number', { whole: true }) ?? 1;
    if (count < 1) throw new UsageError('-n is at least 1.');
    const answers = await sampleModel({ model: await modelFolder(values), prompt, count, sampling: settings.data, signal });
    if (!answers) throw new Stopped('Stopped before all answers were there.');
    return {
      json: { responses: answers.map(({ text: answer, ids, terminated }) => ({ text: answer, ids, terminated })) },
      text: answers.map((answer) => `${answer.text}${answer.terminated ? '' : ' …'}`).join('\n\n'),
    };
  },
};
