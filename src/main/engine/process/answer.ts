import { PlainError } from '#shared/errors.ts';
import { type AnswerRow, type JobOf, promptRow, type Sampling } from '#shared/jobs.ts';
import type { Decoder } from '../nn/decoder.ts';
import { Random } from '../nn/random.ts';
import { generate } from '../sampling/generate.ts';
import { disposeBatch, fitContext, groupsByLength, responseBatch, type TokenSequence } from '../training/batch.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { sequenceKl } from '../training/maths/kl.ts';
import { Pace } from '../training/pace.ts';
import { loadRewardModel } from '../training/policy-models.ts';
import { promptTokens } from '../training/prompt.ts';
import { measureLogProbs } from '../training/response.ts';
import { judged, type RewardModel } from '../training/reward-model.ts';
import { readRows } from '../training/rows.ts';
import { type Checkpoint, CheckpointLoader } from '../weights/checkpoint.ts';
import { writeWhole } from '../weights/files.ts';

/** Answers drawn between two reports of progress. */
const answeredAtOnce = 64;

interface Question {
  promptId: string;
  sample: number;
  ids: number[];
}

/**
 * Answers every prompt of a file from each checkpoint, the same seeds for each, and writes `answerRow` lines; with a reward model each answer is scored, with a reference
 * its KL is measured. The file appears whole.
 */
export async function answerPrompts(job: JobOf<'answer'>, context: JobContext): Promise<JobResult> {
  const rows = readRows(job.promptsFile, promptRow);
  const loader = new CheckpointLoader(job.bases);
  const judge = job.rewardModel === null ? null : loadRewardModel(job.rewardModel, loader);
  const reference = job.reference === null ? null : loader.load(job.reference);
  const totalSteps = rows.length * job.samplesPerPrompt * job.checkpoints.length;
  const pace = new Pace(0, totalSteps);
  const answers: AnswerRow[] = [];
  for (const [index, folder] of job.checkpoints.entries()) {
    const checkpoint = loader.load(folder);
    const { decoder, tokenizer } = checkpoint;
    if (index === 0) {
      context.emit({ event: 'started', backend: context.backend, parameters: decoder.parameters.count, totalSteps, resumedAt: 0 });
    }
    checkSameTokens(checkpoint, judge?.checkpoint, 'reward model');
    checkSameTokens(checkpoint, reference, 'reference');
    const questions = rows.flatMap((row) => {
      const ids = promptTokens(tokenizer, row);
      return Array.from({ length: job.samplesPerPrompt }, (_, sample): Question => ({ promptId: row.id, sample, ids }));
    });
    for (let from = 0; from < questions.length; from += answeredAtOnce) {
      const some = questions.slice(from, from + answeredAtOnce);
      answers.push(...(await answerSome(index, checkpoint, some, job.sampling, judge?.model ?? null, reference?.decoder ?? null, context)));
      context.emit({ event: 'progress', step: answers.length, totalSteps, secondsLeft: pace.secondsLeft(answers.length) });
    }
    loader.release(checkpoint);
  }
  writeWhole(job.outFile, answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  return { checkpoint: null, metrics: {}, reward: null };
}

async function answerSome(
  index: number,
  { decoder, tokenizer }: Checkpoint,
  questions: readonly Question[],
  sampling: Sampling,
  judge: RewardModel | null,
  reference: Decoder | null,
  { breathe }: JobContext,
): Promise<AnswerRow[]> {
  const drawn = await generate(
    decoder,
    questions.map(({ promptId, sample, ids }) => ({ ids, generator: Random.from(sampling.seed, promptId, sample) })),
    { ...sampling, stopIds: tokenizer.stopIds, onStep: breathe },
  );
  const sequences = drawn.map(({ ids }, i) => ({ prompt: questions[i]!.ids, response: ids }));
  const rewards = judge && (await scoreAll(judge, sequences, tokenizer.stopIds, tokenizer.eosId, tokenizer.padId, breathe));
  const kls = reference && (await klAll(decoder, reference, sequences, sampling.temperature, tokenizer.padId, breathe));
  return drawn.map(({ ids, terminated }, i) => ({
    checkpoint: index,
    promptId: questions[i]!.promptId,
    sample: questions[i]!.sample,
    text: tokenizer.decode(ids),
    ids,
    terminated,
    reward: rewards?.[i] ?? null,
    kl: kls?.[i] ?? null,
  }));
}

/** Null for an answer that the reward model cannot read whole. */
async function scoreAll(
  judge: RewardModel,
  sequences: readonly TokenSequence[],
  stopIds: readonly number[],
  eosId: number,
  padId: number,
  breathe: () => Promise<void>,
): Promise<(number | null)[]> {
  const whole = sequences.map((sequence) => fitContext(judged(sequence, stopIds, eosId), judge.decoder.config.positions));
  const readable = whole.filter((sequence) => sequence !== null);
  const rewards = (await judge.score(readable, padId, breathe)).values();
  return whole.map((sequence) => (sequence === null ? null : (rewards.next().value ?? null)));
}

/**
 * Σ_t k1 and k3 of each answer against the reference, at the temperature it was drawn at: that is the distribution it came from. Greedy answers have none, so theirs is
 * measured at temperature 1.
 */
async function klAll(
  policy: Decoder,
  reference: Decoder,
  sequences: readonly TokenSequence[],
  temperature: number,
  padId: number,
  breathe: () => Promise<void>,
): Promise<{ k1: number; k3: number }[]> {
  const kls = new Array<{ k1: number; k3: number }>(sequences.length);
  for (const group of groupsByLength(sequences, 16)) {
    await breathe();
    const batch = responseBatch(
      group.map((i) => sequences[i]!),
      padId,
    );
    const own = measureLogProbs(policy, batch, temperature || 1);
    const others = measureLogProbs(reference, batch, temperature || 1);
    disposeBatch(batch);
    group.forEach((i, row) => {
      const of = (estimator: 'k1' | 'k3') => sequenceKl(estimator, own[row]!, others[row]!);
      kls[i] = { k1: of('k1'), k3: of('k3') };
    });
  }
  return kls;
}

function checkSameTokens({ decoder }: Checkpoint, other: Checkpoint | null | undefined, what: string): void {
  if (!other || other.decoder.config.vocabulary === decoder.config.vocabulary) return;
  throw new PlainError(
    'bad_input',
    `The ${what} reads other tokens than a checkpoint that is to answer. Choose one that was trained from the same start.`,
  );
}
