import { isOnline, type Method } from '../domain.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Tokens of a question, and of a question with its judged response, padding included: of short ones, as people's are. */
const promptTokens = 30;
const judgedTokens = 90;

/**
 * Floating-point operations that a run takes for each parameter of its model (Kaplan et al. 2020: 2 a token forward, 4 more backward; an adapter needs half of these, since
 * the weights below it get no gradient). For an estimate of time: attention, measurements and sampling are left out.
 * @param config complete, and as the method's schema wants it. @param rows judgments that it learns from; not read where it is online
 */
export function operationsPerParameter(method: Method, config: Settings, rows: number): number {
  const update = (config.adapter === null ? 6 : 4) + (config.recompute === true ? 2 : 0);
  if (!isOnline(method)) {
    const sides = method === 'sft' ? 1 : 2;
    const reference = method === 'dpo' ? 2 : 0;
    return rows * number(config, 'epochs') * sides * judgedTokens * (update + reference);
  }
  const answers = method === 'grpo' ? number(config, 'groups') * number(config, 'groupSize') : number(config, 'episodes');
  const trainedCritic = method === 'ppo' && config.critic === 'separate';
  // An answer is written, and read by the policy, the reference, the reward model and a critic of its own, before it is learned from.
  const before = 2 * (4 + (trainedCritic ? 1 : 0));
  const learned = number(config, 'epochs') * update * (trainedCritic ? 2 : 1);
  return number(config, 'steps') * answers * (promptTokens + number(config, 'maxNewTokens')) * (before + learned);
}

function number(config: Settings, key: string): number {
  const value = config[key];
  if (typeof value !== 'number') throw new Error(`an estimate of time reads ${key}, which is no number among the settings`);
  return value;
}
