/** What PPO and GRPO have in common around their steps: prompts, answers to read, signs of failure, state on disk and the result. What a step learns is in their own files. */
import { join } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { type JobOf, metricValues, promptRow } from '#shared/jobs.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { OnlineConfig } from '#shared/training/online.ts';
import { Random } from '../nn/random.ts';
import { type Checkpoint, saveCheckpoint } from '../weights/checkpoint.ts';
import { type JobContext, type JobResult, Stopped, StopRequested } from './context.ts';
import { BestPolicy, bestState, betterState, measuredPrompts, measureHeldOut } from './held-out.ts';
import { sequenceKl } from './maths/kl.ts';
import { RowOrder } from './order.ts';
import { Pace } from './pace.ts';
import { questionsOf } from './policy-models.ts';
import { collectEpisodes, collectSamples, type Models, type PolicyModels, type RolloutSeconds } from './rollout.ts';
import { readRows } from './rows.ts';
import { restoreState, saveState, type Trained } from './run-state.ts';
import { sampleTokens } from './sample-tokens.ts';
import { findSigns } from './signs.ts';
import { checkFinite, updateRate } from './update.ts';

/** Where a run stands beside its weights and optimizer, whatever its method. */
export const policyRunState = z.object({
  /** Steps that are done. */
  step: z.int().min(0),
  /** The step at which the fixed prompts were last answered. */
  sampledAt: z.int(),
  /** The step at which held-out prompts were last measured, and the state that is kept. */
  evaluatedAt: z.int().default(0),
  best: bestState.nullable().default(null),
  /** What the step in progress has taken. */
  seconds: z.object({ rollout: z.number(), score: z.number(), train: z.number() }),
  history: z.array(z.object({ step: z.int(), values: metricValues, firstRatioDeviation: z.number() })),
  /** Signs of failure that were named. */
  signs: z.array(z.string()),
  metrics: metricValues,
});
export type PolicyRunState = z.infer<typeof policyRunState>;

export function firstPolicyState(): PolicyRunState {
  return {
    step: 0,
    sampledAt: -1,
    evaluatedAt: 0,
    best: null,
    seconds: { rollout: 0, score: 0, train: 0 },
    history: [],
    signs: [],
    metrics: {},
  };
}

/** A prompt as tokens that leave room for an answer. */
interface Prompt {
  id: string;
  ids: number[];
}

/** `updates`: those that the step in progress has made. */
export class PolicyRun<State extends PolicyRunState & { updates: readonly unknown[] }> {
  readonly state: State;
  readonly #job: JobOf<'ppo'> | JobOf<'grpo'>;
  readonly #models: PolicyModels & { base: string | undefined };
  readonly #trained: Trained;
  readonly #context: JobContext;
  readonly #prompts: Prompt[];
  readonly #order: RowOrder;
  /** Held-out prompts that are answered again and again, to be read. */
  readonly #fixed: Prompt[];
  /** Held-out prompts that say what the policy is worth. */
  readonly #heldOut: Prompt[];
  readonly #best: BestPolicy;
  readonly #pace: Pace;

  /**
   * Reads the prompts and goes on from the saved state where the job asks for it.
   * @throws PlainError when there is no prompt, or the state is damaged
   */
  constructor(
    job: JobOf<'ppo'> | JobOf<'grpo'>,
    models: PolicyModels & { base: string | undefined },
    trained: Trained,
    state: { schema: z.ZodType<State>; first: State },
    context: JobContext,
  ) {
    const { runFolder, config } = job;
    this.#job = job;
    this.#models = models;
    this.#trained = trained;
    this.#context = context;
    const rowsOf = (name: string) => readRows(join(runFolder, 'data', name), promptRow);
    this.#prompts = questionsOf(rowsOf('train.jsonl'), models, config, context);
    if (this.#prompts.length === 0) throw new PlainError('bad_input', 'There is no prompt to train on. Import some, then start again.');
    const heldOut = questionsOf(rowsOf('held_out.jsonl'), models, config, context);
    this.#fixed = heldOut.filter(({ id }) => job.samplePromptIds.includes(id));
    this.#heldOut = measuredPrompts(heldOut, config.heldOutPrompts);
    this.#best = new BestPolicy(runFolder);
    this.#order = new RowOrder(this.#prompts.length, config.seed);
    this.state = (job.resume && restoreState(runFolder, trained, state.schema)) || state.first;
    this.#pace = new Pace(this.state.step, config.steps);
    const started = { event: 'started', backend: context.backend, parameters: trained.parameters.count } as const;
    context.emit({ ...started, totalSteps: config.steps, resumedAt: this.state.step });
  }

  get #config(): OnlineConfig & { seed: number; steps: number; learningRate: number; klCoefficient: number } {
    return this.#job.config;
  }

  /** The learning rate of the step in progress. */
  get learningRate(): number {
    const { schedule, steps, warmupSteps, learningRate } = this.#config;
    return updateRate(schedule, this.state.step, steps, warmupSteps, learningRate);
  }

  /** Prompts at places `from` … `to` − 1 of their endless order. */
  prompts(from: number, to: number): Prompt[] {
    return this.#order.rows(from, to).map((row) => this.#prompts[row]!);
  }

  /** Remembers what the answers of this step took; its updates are still to come. */
  answered(seconds: RolloutSeconds): void {
    this.state.seconds = { ...seconds, train: 0 };
  }

  /** What is due between two steps. → whether there is another step to take */
  async another(): Promise<boolean> {
    const { state } = this;
    const { sampleEvery, evaluateEvery } = this.#config;
    const ended = this.#ended();
    if (state.step > state.sampledAt && (state.step % sampleEvery === 0 || ended)) {
      await this.#emitSamples();
      state.sampledAt = state.step;
    }
    if (state.step > state.evaluatedAt && (state.step % evaluateEvery === 0 || ended)) {
      await this.#evaluate();
      state.evaluatedAt = state.step;
    }
    return !ended;
  }

  /** Whether all steps are taken, or KL of the last one has passed its limit; never in the middle of a step's updates. */
  #ended(): boolean {
    const { step, updates } = this.state;
    return updates.length === 0 && (step >= Math.min(this.#config.steps, this.#job.lastStep ?? this.#config.steps) || this.#tooFar());
  }

  #tooFar(): boolean {
    const { klLimit } = this.#config;
    return klLimit > 0 && (this.state.metrics['objective/kl'] ?? 0) > klLimit;
  }

  /** Whether the updates of this step have moved the policy so far that the rest of them is left out. */
  movedFar(updates: readonly { approxKl: number }[]): boolean {
    const { updateKlLimit } = this.#config;
    return updateKlLimit > 0 && (updates.at(-1)?.approxKl ?? 0) > updateKlLimit;
  }

  /** Closes a step, whose batch must be out of the state by now: its metrics are told, signs of failure named, and the state saved where that is due. */
  endStep(values: Metrics, firstRatioDeviation: number): void {
    const { state } = this;
    const step = ++state.step;
    this.#context.emit({ event: 'metrics', step, values });
    state.metrics = values;
    state.history.push({ step, values, firstRatioDeviation });
    for (const sign of findSigns(state.history, new Set(state.signs))) {
      state.signs.push(sign.sign);
      this.#context.emit({ event: 'sign', ...sign });
    }
    const { checkpointEvery, steps } = this.#job.config;
    if (step % checkpointEvery === 0) this.#save();
    this.#context.emit({ event: 'progress', step, totalSteps: steps, secondsLeft: this.#pace.secondsLeft(step) });
  }

  /** Saves where a stop was heard, and says so by throwing; anything else is thrown on. @throws Stopped */
  stopped(error: unknown): never {
    if (!(error instanceof StopRequested)) throw error;
    this.#save();
    throw new Stopped(this.state.step);
  }

  /** Writes the policy that is kept, the best or the last. @throws PlainError `no_space`, or `engine` when a weight is not finite */
  finish(): JobResult {
    checkFinite(this.#trained.parameters);
    const folder = join(this.#job.runFolder, 'checkpoint');
    const { step, best, metrics } = this.state;
    const { steps, klLimit, keep } = this.#config;
    if (step < steps) {
      const why = `KL of its answers is ${metrics['objective/kl']?.toFixed(1)} nats, above the limit of ${klLimit}`;
      this.#log(`Ended after step ${step} of ${steps}${this.#tooFar() ? `: ${why}` : ', as it was told'}.`);
    }
    if (keep === 'last' || best === null) {
      saveCheckpoint(folder, this.#checkpoint());
      return { checkpoint: folder, metrics, reward: null };
    }
    this.#best.moveTo(folder, best.step);
    const last = metrics['held_out/rlhf_reward']!;
    const where = `reward − β·KL on ${this.#heldOut.length} held-out prompts`;
    this.#log(
      best.step === step
        ? `Kept the last step, ${step}: no earlier one was measurably better (${where}: ${last.toFixed(2)}).`
        : `Kept step ${best.step} of ${step}: the last is measurably worse (${where}: ${best.worth.toFixed(2)} against ${last.toFixed(2)}).`,
    );
    return { checkpoint: folder, metrics: { ...metrics, 'held_out/kept_step': best.step }, reward: null };
  }

  #checkpoint(): Checkpoint {
    const { policy: decoder, tokenizer, base } = this.#models;
    return { decoder, tokenizer, manifest: { format: 1, kind: 'policy', reward: null }, scoreHead: null, base };
  }

  #log(line: string): void {
    this.#context.emit({ event: 'log', line });
  }

  /** Measures the policy on held-out prompts, and writes it where it is the best so far. */
  async #evaluate(): Promise<void> {
    if (this.#heldOut.length === 0) return;
    const { state } = this;
    const { values, worths } = await measureHeldOut(this.#models, this.#heldOut, this.#config, this.#context.breathe);
    this.#context.emit({ event: 'metrics', step: state.step, values });
    state.metrics = { ...state.metrics, ...values };
    const better = this.#config.keep === 'best' ? betterState(state.best, state.step, worths) : null;
    if (!better) return;
    checkFinite(this.#trained.parameters);
    this.#best.write(state.step, this.#checkpoint());
    state.best = better;
  }

  #save(): void {
    saveState(this.#job.runFolder, this.state.step, this.#trained, this.state);
    if (this.state.best) this.#best.keepOnly(this.state.best.step);
    this.#context.emit({ event: 'state', step: this.state.step });
  }

  /** Answers the same few held-out prompts, with the same seed every time, so that what changes is the policy. KL is k3, which is never negative. */
  async #emitSamples(): Promise<void> {
    if (this.#fixed.length === 0) return;
    const { seed } = this.#config;
    const { tokenizer, judge } = this.#models;
    const named = (parts: readonly number[]) =>
      judge.names.length > 1 ? { parts: Object.fromEntries(judge.names.map((name, i) => [name, parts[i]!])) } : {};
    const questions = this.#fixed.map(({ id, ids }) => ({ id, ids, generator: Random.from(seed, 'sample', id) }));
    const priced = this.#job.kind === 'ppo' ? this.#job.config : null;
    const answers =
      priced && hasCritic(this.#models)
        ? (await collectEpisodes(this.#models, questions, this.#config, this.#context.breathe)).episodes
        : (await collectSamples(this.#models, questions, this.#config, this.#context.breathe)).samples.map((one) => ({
            ...one,
            values: [],
          }));
    for (const answer of answers) {
      const { promptId, response, terminated, reward, parts, logProbs, referenceLogProbs } = answer;
      const perToken = sampleTokens(answer, tokenizer, priced);
      const kl = sequenceKl('k3', logProbs, referenceLogProbs);
      const told = {
        promptId,
        text: tokenizer.decode(response),
        tokens: response.length,
        terminated,
        reward,
        kl,
        perToken,
        ...named(parts),
      };
      this.#context.emit({ event: 'sample', step: this.state.step, ...told });
    }
  }
}

function hasCritic(models: PolicyModels): models is Models {
  return 'critic' in models;
}
