import { modelLogProbs } from '#backend/models/alone.ts';
import { type Command, Stopped, UsageError } from '../command.ts';
import { modelPath } from '../model-path.ts';
import { readPromptFile } from '../prompt-file.ts';
import { number, required } from '../values.ts';

export const modelLogprobs: Command = {
  words: ['model', 'logprobs'],
  summary: 'Log-probability of every token of a prompt, and what a model would say next.',
  usage: '--model M --prompt FILE [--project P] [--greedy N]',
  example: 'model logprobs --model smollm2-135m-instruct.q4_1.gguf --prompt prompt.json --greedy 40 --json',
  positionals: [],
  options: {
    model: { type: 'string' },
    prompt: { type: 'string' },
    project: { type: 'string', short: 'p' },
    greedy: { type: 'string' },
  },
  optionHelp: {
    model: 'a folder as Hugging Face has them, a GGUF file, a checkpoint’s folder, or its name or id in the project',
    prompt: 'a JSON file: {"messages": […]}, {"text": "…"} or {"ids": […]}',
    project: 'the project that has the checkpoint',
    greedy: 'how many of the likeliest tokens to go on with, 0 by default',
  },
  async run({ values, signal }) {
    required(values, 'model');
    const question = readPromptFile(required(values, 'prompt'));
    const greedy = number(values, 'greedy', { whole: true }) ?? 0;
    if (greedy < 0) throw new UsageError('--greedy is at least 0.');
    const result = await modelLogProbs({ model: await modelPath(values), question, greedy, signal });
    if (!result) throw new Stopped('Stopped before the prompt was read.');
    const total = result.logprobs.reduce((sum, logprob) => sum + logprob, 0);
    return {
      json: result,
      text: [
        `${result.ids.length} tokens, log-probability ${total.toFixed(3)} nats after the first.`,
        'Likeliest next:',
        ...result.top10.map(
          ({ id, token, logprob }) => `  ${logprob.toFixed(4).padStart(9)}  ${String(id).padStart(7)}  ${JSON.stringify(token)}`,
        ),
        ...(result.greedy.length > 0 ? [`Greedy: ${result.greedy.join(' ')}`] : []),
      ].join('\n'),
    };
  },
};
