import { isOnline, type Method } from '#shared/domain.ts';

const number = (config: Record<string, unknown>, key: string) => (typeof config[key] === 'number' ? config[key] : 1);

/** How the work of a run grows with its settings, in units of no meaning. */
function work(method: Method, config: Record<string, unknown>): number {
  switch (method) {
    // Answering and scoring are done once, updating once an epoch; each takes about as long as one pass over the answers' tokens.
    case 'ppo':
      return number(config, 'steps') * number(config, 'episodes') * number(config, 'maxNewTokens') * (2 + number(config, 'epochs'));
    case 'grpo':
      return (
        number(config, 'steps') *
        number(config, 'groups') *
        number(config, 'groupSize') *
        number(config, 'maxNewTokens') *
        (2 + number(config, 'epochs'))
      );
    case 'reward':
    case 'dpo':
    case 'sft':
      return number(config, 'epochs');
  }
}

/** The plan's seconds, which hold for the defaults and all of its data, for these settings and this share of the data. */
export function scaledSeconds(
  method: Method,
  seconds: number,
  defaults: Record<string, unknown>,
  config: Record<string, unknown>,
  shareOfData: number,
): number {
  const share = isOnline(method) ? 1 : shareOfData;
  return (seconds * share * work(method, config)) / work(method, defaults);
}
