import { describe, expect, it } from 'vitest';
import type { ProjectSummary, Stations } from '#shared/api/project.ts';
import { findingOf, moreToDecide } from '../../../src/renderer/project/finding.ts';

const summary = { demo: false } as ProjectSummary;
const empty: Stations = {
  prompts: { train: 0, heldOut: 0, topics: 0 },
  judgments: { done: 0, simulated: 0, waiting: 0 },
  reward: { checkpoint: null, run: null, accuracy: null, heldOutPairs: 0, simulated: false },
  policy: { checkpoint: null, run: null, objective: null, reward: null, kl: null, heldOut: false },
  verdict: { comparison: null, winRate: null },
};
const prompts = { train: 80, heldOut: 20, topics: 3 };
const checkpoint = (name: string) => ({ id: name, name });
const aligned: Stations = {
  ...empty,
  prompts,
  reward: { ...empty.reward, checkpoint: checkpoint('rm-1') },
  policy: { ...empty.policy, checkpoint: checkpoint('ppo-1') },
};
const judged = (wins: number, losses: number, value: number, low: number, high: number): Stations => ({
  ...aligned,
  verdict: { comparison: 'cmp', winRate: { wins, ties: 0, losses, rate: { value, low, high, n: wins + losses } } },
});

describe('findingOf', () => {
  it('follows the line: import, label, reward model, policy, comparison, blind votes', () => {
    const line: [Partial<Stations>, number, string][] = [
      [{}, 0, '/data'],
      [{ prompts, judgments: { done: 0, simulated: 0, waiting: 60 } }, 1, '/label'],
      [{ prompts, judgments: { done: 60, simulated: 0, waiting: 0 } }, 2, '/train/new?method=reward'],
      [{ prompts, judgments: { done: 0, simulated: 300, waiting: 60 } }, 2, '/train/new?method=reward&by=simulated'],
      [{ prompts, judgments: { done: 5, simulated: 300, waiting: 55 } }, 2, '/train/new?method=reward&by=simulated'],
      [{ prompts, judgments: { done: 60, simulated: 300, waiting: 0 } }, 2, '/train/new?method=reward'],
      [{ prompts, reward: aligned.reward }, 3, '/train/new?method=ppo'],
      [aligned, 4, '/compare/new'],
      [{ ...aligned, verdict: { comparison: 'cmp', winRate: null } }, 4, '/compare/cmp/vote'],
    ];
    for (const [stations, station, to] of line) {
      expect(findingOf(summary, { ...empty, ...stations })).toMatchObject({ station, action: { to } });
    }
  });

  it('says first of all that a run trains, and leads to it', () => {
    const active = { id: 'run_1', name: 'ppo-1', method: 'ppo', secondsLeft: 840, simulated: true } as const;
    const finding = findingOf(summary, aligned, active);
    expect(finding).toMatchObject({ title: 'ppo-1 is training, 14 min left', station: 3, action: { to: '/train/run_1' } });
    expect(finding.words).toMatch(/Simulated judgments/);
  });

  it('says better or worse only when the interval leaves the line, and counts under 20', () => {
    expect(findingOf(summary, judged(90, 40, 0.69, 0.6, 0.77)).title).toBe('ppo-1 is better than SFT');
    expect(findingOf(summary, judged(40, 90, 0.31, 0.23, 0.4)).title).toBe('ppo-1 is worse than SFT');
    expect(findingOf(summary, judged(72, 76, 0.49, 0.41, 0.57)).title).toMatch(/^Undecided: ppo-1 may be worse/);
    expect(findingOf(summary, judged(9, 3, 0.75, 0.47, 0.91)).title).toBe('ppo-1 won 9 of 12 blind judgments');
  });

  it('asks for more prompts once every pair is voted on, and for no absurd number of votes', () => {
    expect(findingOf(summary, judged(72, 76, 0.49, 0.41, 0.57), null, 12).action.to).toBe('/compare/cmp/vote');
    expect(findingOf(summary, judged(72, 76, 0.49, 0.41, 0.57), null, 0).action.to).toBe('/compare/new');
    expect(findingOf(summary, judged(72, 76, 0.49, 0.41, 0.57)).words).toMatch(/too close/);
  });

  it('counts one pair as one', () => {
    const { title } = findingOf(summary, { ...empty, prompts, judgments: { done: 0, simulated: 0, waiting: 1 } });
    expect(title).toBe('1 pair waits for your judgment');
  });

  it('never calls simulated judgments people’s', () => {
    const words = findingOf(summary, { ...empty, prompts, judgments: { done: 0, simulated: 300, waiting: 0 } }).words;
    expect(words).toMatch(/simulated/);
  });
});

describe('moreToDecide', () => {
  it('asks for as many votes as shrink the interval to the distance from one half', () => {
    const rate = { value: 0.6, low: 0.45, high: 0.75, n: 40 };
    const more = moreToDecide(rate, 40);
    expect(more).not.toBeNull();
    const halfWidth = 0.15 * Math.sqrt(40 / (40 + (more ?? 0)));
    expect(halfWidth).toBeLessThanOrEqual(0.1);
    expect(moreToDecide({ ...rate, value: 0.5 }, 40)).toBeNull();
  });
});
