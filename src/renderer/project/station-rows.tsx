import type { ReactNode } from 'react';
import { publishedAgreement } from '#shared/agreement/published.ts';
import type { Stations } from '#shared/api/project.ts';
import { alignsPolicy, type Estimate } from '#shared/domain.ts';
import { count, formatBrackets, formatNumber } from '../ui/format.ts';
import { Interval } from '../ui/Interval.tsx';
import { type ActiveRun, fewestForPercent, newRewardModel } from './finding.ts';
import classes from './Stations.module.css';

export interface StationRow {
  name: string;
  /** The sign of the objective that this station is, in TeX. */
  sign: string | null;
  state: string;
  /** The one number, with its interval where it has one. */
  figure: ReactNode;
  unit: string;
  interval: ReactNode;
  action: { words: string; to: string } | null;
}

const share = [0, 1] as const;
const half = { value: 0.5, name: '50%' };
/** The line that people's agreement is measured against, as on Team. */
const published = { value: publishedAgreement.find(({ name }) => name === 'InstructGPT')!.share, name: 'InstructGPT, 73%' };

/** What each station says: its state, its one number, its next action. */
export function stationRows(
  { prompts, judgments, reward, policy, verdict }: Stations,
  active: ActiveRun | null,
  agreement: Estimate | null = null,
): StationRow[] {
  const all = prompts.train + prompts.heldOut;
  const votes = verdict.winRate ? verdict.winRate.wins + verdict.winRate.ties + verdict.winRate.losses : 0;
  const total = judgments.done + judgments.simulated;
  const agrees = agreement !== null && agreement.n >= fewestForPercent;
  return [
    {
      name: 'Prompts',
      sign: 'x \\sim D',
      state: all > 0 ? `${count(prompts.heldOut)} held out` : 'None yet',
      figure: count(all),
      unit: prompts.topics > 1 ? `prompts in ${count(prompts.topics)} topics` : 'prompts',
      interval: null,
      action: { words: 'Import prompts', to: '/data' },
    },
    {
      name: 'Judgments',
      sign: null,
      state: `${judgments.waiting > 0 ? `${count(judgments.waiting)} waiting` : 'None waiting'}${judgments.simulated > 0 ? `, ${count(judgments.simulated)} simulated` : ''}`,
      figure: count(judgments.done),
      unit: agrees
        ? `judgments; two agree in ${formatNumber(agreement.value, 'percent')}`
        : judgments.done === 1
          ? 'judgment by people'
          : 'judgments by people',
      interval: agrees ? <Interval estimate={agreement} domain={share} reference={published} named /> : null,
      action:
        judgments.waiting > 0
          ? { words: `Label the next ${count(judgments.waiting)}`, to: '/label' }
          : { words: 'Look them over', to: '/data/judgments' },
    },
    {
      name: 'Reward model',
      sign: 'r_\\varphi',
      state:
        active?.method === 'reward'
          ? `${active.name} is training`
          : reward.checkpoint
            ? `${reward.checkpoint.name}${reward.simulated ? ', simulated judgments' : ''}`
            : 'Not trained',
      ...accuracyFigure(reward.accuracy),
      unit: reward.accuracy ? 'held-out accuracy' : 'needs judgments',
      action: total > 0 ? { words: reward.checkpoint ? 'Train another' : 'Train reward model', to: newRewardModel(judgments) } : null,
    },
    {
      name: 'Policy',
      sign: '\\pi_\\theta',
      state: active && alignsPolicy(active.method) ? `${active.name} is training` : (policy.checkpoint?.name ?? 'SFT, not aligned'),
      figure: policy.objective === null ? <None /> : formatNumber(policy.objective, 'signed'),
      unit:
        policy.objective === null
          ? reward.checkpoint
            ? 'objective against SFT'
            : 'needs a reward model'
          : `${policy.heldOut ? 'held-out objective' : 'objective against SFT'}${policy.kl === null ? '' : `; KL ${formatNumber(policy.kl, 'plain', 1)} nats`}`,
      interval: null,
      action: reward.checkpoint
        ? policy.run
          ? { words: `Look at ${policy.run.name}`, to: `/train/${policy.run.id}` }
          : { words: 'Align (PPO)', to: '/train/new?method=ppo' }
        : null,
    },
    {
      name: 'Verdict',
      sign: null,
      state:
        verdict.comparison === null ? 'Not compared' : votes === 0 ? 'No blind votes' : verdictState(verdict.winRate?.rate ?? null, votes),
      ...winFigure(verdict.winRate?.rate ?? null, verdict.winRate?.wins ?? 0, votes),
      unit:
        votes === 0
          ? verdict.comparison === null
            ? 'needs two checkpoints'
            : 'blind win rate against SFT'
          : votes < fewestForPercent
            ? 'blind wins over SFT'
            : 'blind win rate against SFT',
      action:
        verdict.comparison === null
          ? policy.checkpoint
            ? { words: 'Compare with SFT', to: '/compare/new' }
            : null
          : {
              words: votes === 0 ? 'Judge it blind' : 'Open the comparison',
              to: votes === 0 ? `/compare/${verdict.comparison}/vote` : `/compare/${verdict.comparison}`,
            },
    },
  ];
}

function accuracyFigure(accuracy: Estimate | null): Pick<StationRow, 'figure' | 'interval'> {
  if (!accuracy) return { figure: <None />, interval: null };
  if (accuracy.n < fewestForPercent) return { figure: `${Math.round(accuracy.value * accuracy.n)} of ${accuracy.n}`, interval: null };
  return {
    figure: <Share estimate={accuracy} />,
    interval: <Interval estimate={accuracy} domain={share} reference={{ value: 0.5, name: 'chance, 50%' }} named />,
  };
}

function winFigure(rate: Estimate | null, wins: number, votes: number): Pick<StationRow, 'figure' | 'interval'> {
  if (votes === 0) return { figure: <None />, interval: null };
  if (!rate || votes < fewestForPercent) return { figure: `${wins} of ${votes}`, interval: null };
  return { figure: <Share estimate={rate} />, interval: <Interval estimate={rate} domain={share} reference={half} named /> };
}

const verdictState = (rate: Estimate | null, votes: number) => {
  const word = !rate || votes < fewestForPercent ? 'Too few to say' : rate.low > 0.5 ? 'Better' : rate.high < 0.5 ? 'Worse' : 'Undecided';
  return `${word} after ${count(votes)}`;
};

function Share({ estimate }: { estimate: Estimate }) {
  return (
    <>
      {formatNumber(estimate.value, 'percent')} <span className={classes.brackets}>{formatBrackets(estimate, 'percent')}</span>
    </>
  );
}

function None() {
  return <span className={classes.none}>none yet</span>;
}
