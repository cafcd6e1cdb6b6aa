import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import type { JobOf } from '#shared/jobs.ts';
import type { LogProbsResult } from '#shared/model-jobs.ts';
import { type LanguageModel, loadLanguageModel } from '../formats/language-model.ts';
import { responseLogProbs } from '../nn/log-prob.ts';
import { Random } from '../nn/random.ts';
import { generate } from '../sampling/generate.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { writeWhole } from '../weights/files.ts';
import { questionIds } from './question.ts';

/** Log-probabilities of a prompt's tokens, what is likeliest after it, and how the model would go on; written to the job's file. */
export async function logProbsOf(job: JobOf<'logprobs'>, { emit, breathe, backend }: JobContext): Promise<JobResult> {
  const model = loadLanguageModel(job.model, job.bases);
  const { decoder, stopIds } = model;
  emit({ event: 'started', backend, parameters: decoder.parameters.count, totalSteps: 1, resumedAt: 0 });
  const ids = questionIds(model, job.question);
  requireReadable(model, ids);
  await breathe();
  const room = decoder.config.positions - ids.length;
  const [answer] =
    job.greedy > 0 && room > 0
      ? await generate(decoder, [{ ids, generator: Random.from(0) }], {
          ...{ temperature: 0, topK: 0, topP: 1, maxNewTokens: job.greedy, stopIds },
          onStep: breathe,
        })
      : [];
  const result: LogProbsResult = { ids, ...measure(model, ids), greedy: answer?.ids ?? [] };
  writeWhole(job.outFile, JSON.stringify(result));
  return { checkpoint: null, metrics: {}, reward: null };
}

function measure({ decoder, tokenizer }: LanguageModel, ids: readonly number[]): Pick<LogProbsResult, 'logprobs' | 'top10'> {
  const time = ids.length;
  return tf.tidy(() => {
    const row = tf.tensor2d([...ids], [1, time], 'int32');
    const hidden = decoder.hidden(row, tf.onesLike(row)); // [1, T, D]
    const logprobs = time > 1 ? Array.from(responseLogProbs(decoder, hidden, row, 1, 1).logProbs.dataSync()) : [];
    const last = tf.slice(tf.reshape(hidden, [time, decoder.config.width]), [time - 1, 0]) as tf.Tensor2D;
    const logits = decoder.logits(last).dataSync() as Float32Array; // [V]
    const most = logits.reduce((a, b) => Math.max(a, b));
    const logSum = most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
    const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
    const top10 = order.slice(0, 10).map((id) => ({
      id,
      token: tokenizer?.decode([id], { keepSpecial: true }) ?? '',
      logprob: logits[id]! - logSum,
    }));
    return { logprobs, top10 };
  });
}

/** @throws PlainError `bad_input`. */
function requireReadable({ decoder }: LanguageModel, ids: readonly number[]): void {
  const { vocabulary, positions } = decoder.config;
  if (ids.length === 0) throw new PlainError('bad_input', 'The prompt has no tokens, so there is nothing to measure.');
  if (ids.length > positions) {
    throw new PlainError('bad_input', `The prompt has ${ids.length} tokens, and this model reads ${positions}. Shorten it.`);
  }
  const stranger = ids.find((id) => id >= vocabulary);
  if (stranger !== undefined) throw new PlainError('bad_input', `Token ${stranger} is not in the model's vocabulary of ${vocabulary}.`);
}
