import { sampleModel } from '#backend/models/alone.ts';
import { sampling } from '#shared/sampling.ts';
import { type Command, Stopped, UsageError } from '../command.ts';
import { modelPath } from '../model-path.ts';
import { readPromptFile } from '../prompt-file.ts';
import { number, required, text } from '../values.ts';

export const modelSample: Command = {
  words: ['model', 'sample'],
  summary: 'Answers one prompt from a checkpoint.',
  usage:
    '--model M --prompt FILE [--project P] [-n N] [--seed S] [--temperature T] [--top-k K] [--top-p P] [--max-new-tokens N] [--weights f32|int8]',
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
    weights: { type: 'string' },
  },
  optionHelp: {
    model: 'a folder as Hugging Face has them, a GGUF file, a checkpoint’s folder, or its name or id in the project',
    prompt: 'a JSON file: {"messages": […]}, {"text": "…"} or {"ids": […]}',
    project: 'the project that has the checkpoint',
    number: 'how many answers, 1 by default',
    seed: 'the same seed gives the same answers on the same backend',
    temperature: '1 by default; 0 always takes the likeliest token',
    'top-k': 'draw from the k likeliest tokens only; 0, the default, is off',
    'top-p': 'draw from the likeliest tokens that together have this probability; 1, the default, is off',
    'max-new-tokens': 'longest answer, 64 by default',
    weights: 'f32 (the default), or int8: rounded to 8 bits while answering, faster with a large model',
  },
  async run({ values, signal }) {
    required(values, 'model');
    const question = readPromptFile(required(values, 'prompt'));
    const settings = sampling.safeParse({
      seed: number(values, 'seed', { whole: true }),
      temperature: number(values, 'temperature'),
      topK: number(values, 'top-k', { whole: true }),
      topP: number(values, 'top-p'),
      maxNewTokens: number(values, 'max-new-tokens', { whole: true }),
      decodeWeights: text(values, 'weights'),
    });
    if (!settings.success)
      throw new UsageError(settings.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`).join(' '));
    const count = number(values, 'number', { whole: true }) ?? 1;
    if (count < 1) throw new UsageError('-n is at least 1.');
    const result = await sampleModel({ model: await modelPath(values), question, count, sampling: settings.data, signal });
    if (!result) throw new Stopped('Stopped before all answers were there.');
    return {
      json: { responses: result.answers },
      text: result.answers.map((answer) => `${answer.text}${answer.terminated ? '' : ' …'}`).join('\n\n'),
    };
  },
};
