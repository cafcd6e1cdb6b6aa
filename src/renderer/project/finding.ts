import type { ProjectSummary, Stations } from '#shared/api/project.ts';
import type { RunSummary } from '#shared/api/runs.ts';
import { alignsPolicy, type Estimate } from '#shared/domain.ts';
import { count, counted, formatDuration, formatEstimate } from '../ui/format.ts';

/** Where work stands: the sentence that opens the Project screen, the station that the ring is on, and one action. */
export interface Finding {
  title: string;
  words: string;
  /** 0 prompts, 1 judgments, 2 reward model, 3 policy, 4 verdict. */
  station: 0 | 1 | 2 | 3 | 4;
  action: { words: string; to: string };
}

/** Fewer pairs than this get a count, not a percentage. */
export const fewestForPercent = 20;
/** More votes than this nobody casts to tell two checkpoints apart. */
const mostToAskFor = 1000;
/** A reward model on fewer judgments says little; the app still lets a person train one. */
const fewestForReward = 50;

/** What trains now, as the finding sees it. */
export type ActiveRun = Pick<RunSummary, 'id' | 'name' | 'method' | 'secondsLeft' | 'simulated'>;

/** `votesWaiting`: pairs of the newest comparison that this person has not voted on; null while that is not known. */
export function findingOf(
  summary: ProjectSummary,
  stations: Stations,
  active: ActiveRun | null = null,
  votesWaiting: number | null = null,
): Finding {
  const { prompts, judgments, reward, policy } = stations;
  const total = judgments.done + judgments.simulated;
  const label = judgments.waiting > 0 ? { words: `Label the next ${count(judgments.waiting)}`, to: '/label' } : null;

  if (prompts.train + prompts.heldOut === 0) {
    return {
      title: 'Nothing to judge yet',
      words: 'Import prompts, or pairs of responses with or without a choice. Everything stays on this machine.',
      station: 0,
      action: { words: 'Import a file', to: '/data' },
    };
  }
  if (active) return trainingFinding(active);
  if (policy.checkpoint) return verdictFinding(stations, votesWaiting);
  if (reward.checkpoint) {
    const { accuracy } = reward;
    return {
      title: accuracy ? `${reward.checkpoint.name} ${orders(accuracy)}` : `${reward.checkpoint.name} is trained`,
      words: accuracy
        ? `${counted(accuracy.n, 'pair')} on prompts kept out of its training${reward.simulated ? ', simulated judgments among them' : ''}. It can now score what a policy writes.`
        : 'No held-out pair was judged, so nothing says how well it orders answers. It can still score what a policy writes.',
      station: 3,
      action: { words: 'Align with PPO', to: '/train/new?method=ppo' },
    };
  }
  if (label && total < fewestForReward) {
    const first = total === 0;
    return {
      title: first
        ? `${counted(judgments.waiting, 'pair')} ${judgments.waiting === 1 ? 'waits' : 'wait'} for your judgment`
        : `${count(total)} judged, ${count(judgments.waiting)} to go`,
      words: summary.demo
        ? 'This is the demo project, Front desk: a small model answers requests at a hotel’s front desk. Say which reply is better, train a reward model on that, and align the model with it.'
        : `A reward model needs some ${fewestForReward} judgments to learn anything from; more make it better.`,
      station: 1,
      action: first ? { words: 'Label the first pair', to: '/label' } : label,
    };
  }
  if (total === 0) {
    return {
      title: `${counted(prompts.train + prompts.heldOut, 'prompt')}, no pairs to judge`,
      words: 'Import two responses a prompt, or judgments made elsewhere.',
      station: 1,
      action: { words: 'Import a file', to: '/data' },
    };
  }
  return {
    title: `${counted(total, 'judgment')}, no reward model yet`,
    words:
      judgments.simulated === 0
        ? 'A reward model learns from them to say which of two answers people would pick.'
        : `${judgments.done === 0 ? 'All' : count(judgments.simulated)} of them are simulated. A reward model learns from them to say which of two answers would be picked.`,
    station: 2,
    action: { words: 'Train a reward model', to: newRewardModel(judgments) },
  };
}

function trainingFinding({ id, name, method, secondsLeft, simulated }: ActiveRun): Finding {
  const goal = {
    sft: 'It learns to answer as the preferred answers do.',
    reward: 'It learns which of two answers would be picked.',
    ppo: 'It moves the policy toward what the reward model scores high, and holds it near SFT.',
    grpo: 'It moves the policy toward what the reward model scores high, and holds it near SFT.',
    dpo: 'It moves the policy toward the answers that were preferred, and holds it near SFT.',
  }[method];
  return {
    title: `${name} is training${secondsLeft === null ? '' : `, ${formatDuration(secondsLeft)} left`}`,
    words: `${goal}${simulated ? ' Simulated judgments are among its data.' : ''} You can go on judging meanwhile.`,
    station: alignsPolicy(method) ? 3 : method === 'reward' ? 2 : 0,
    action: { words: `Watch ${name}`, to: `/train/${id}` },
  };
}

/** Where people’s judgments are too few to learn from and simulated ones are in, the form opens with them chosen; it says so, and a person starts it. */
export const newRewardModel = ({ done, simulated }: Stations['judgments']): string =>
  `/train/new?method=reward${done < fewestForReward && simulated > 0 ? '&by=simulated' : ''}`;

const orders = (accuracy: Estimate) =>
  accuracy.n < fewestForPercent
    ? `orders ${Math.round(accuracy.value * accuracy.n)} of ${accuracy.n} held-out pairs as they were judged`
    : `orders ${formatEstimate(accuracy, 'percent')} of held-out pairs as they were judged`;

function verdictFinding({ policy, verdict }: Stations, votesWaiting: number | null): Finding {
  const { winRate } = verdict;
  const name = policy.checkpoint?.name ?? 'The policy';
  const votes = winRate ? winRate.wins + winRate.ties + winRate.losses : 0;
  const vote =
    votesWaiting === 0 && votes > 0
      ? { words: 'Compare on more prompts', to: '/compare/new' }
      : { words: votes > 0 ? 'Continue the blind study' : 'Judge it blind', to: `/compare/${verdict.comparison}/vote` };
  if (verdict.comparison === null) {
    return {
      title: `${name} is aligned; nobody has compared it yet`,
      words: 'Let SFT and the aligned checkpoint answer the same held-out prompts, and judge them without knowing which is which.',
      station: 4,
      action: { words: 'Compare with SFT', to: '/compare/new' },
    };
  }
  if (!winRate || votes === 0) {
    return {
      title: `${name} and SFT have answered; nobody has judged blind yet`,
      words: 'The same keys as on Label; which checkpoint wrote what stays hidden until the vote.',
      station: 4,
      action: vote,
    };
  }
  if (!winRate.rate || votes < fewestForPercent) {
    return {
      title: `${name} won ${winRate.wins} of ${votes} blind judgments`,
      words: `Too few for a percentage; ${fewestForPercent - votes} more and it gets one, with an interval.`,
      station: 4,
      action: vote,
    };
  }
  const { rate } = winRate;
  const measured = `People preferred it in ${formatEstimate(rate, 'percent')} of ${count(votes)} blind judgments, ties as halves.`;
  if (rate.low > 0.5)
    return {
      title: `${name} is better than SFT`,
      words: measured,
      station: 4,
      action: { words: 'Open the comparison', to: `/compare/${verdict.comparison}` },
    };
  if (rate.high < 0.5)
    return {
      title: `${name} is worse than SFT`,
      words: measured,
      station: 4,
      action: { words: 'Open the comparison', to: `/compare/${verdict.comparison}` },
    };
  const more = moreToDecide(rate, votes);
  return {
    title: `Undecided: ${name} may be ${rate.value >= 0.5 ? 'better' : 'worse'} than SFT`,
    words: `${measured} ${
      more === null || more > mostToAskFor
        ? 'At this rate they are too close for any number of votes that people would cast.'
        : `If that rate holds, about ${count(more)} more decide it.`
    }`,
    station: 4,
    action: vote,
  };
}

/** Votes still needed until an interval of this rate leaves one half: the half-width shrinks with the root of n. Null for a rate of one half. */
export function moreToDecide(rate: Estimate, votes: number): number | null {
  const distance = Math.abs(rate.value - 0.5);
  const halfWidth = (rate.high - rate.low) / 2;
  if (distance < 0.005) return null;
  const more = votes * (halfWidth / distance) ** 2 - votes;
  const step = more < 100 ? 10 : 50;
  return Math.max(step, Math.ceil(more / step) * step);
}
