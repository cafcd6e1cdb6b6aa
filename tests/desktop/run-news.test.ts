import { describe, expect, it } from 'vitest';
import { newsOf, progressOf, type SeenRun } from '../../src/main/desktop/run-news.ts';

const run = (id: string, state: SeenRun['state'], step = 0): SeenRun => ({ id, name: id, state, step, totalSteps: 20 });

describe('news of runs', () => {
  it('says that a run has ended by itself, once', () => {
    const before = [run('ppo-1', 'running', 12), run('ppo-2', 'queued'), run('ppo-3', 'running', 3)];
    const after = [run('ppo-1', 'done', 20), run('ppo-2', 'running', 1), run('ppo-3', 'failed', 4)];
    expect(newsOf(before, after)).toEqual([
      { run: 'ppo-1', title: 'ppo-1 finished', body: 'Step 20 of 20.' },
      { run: 'ppo-3', title: 'ppo-3 failed', body: 'Step 4 of 20.' },
    ]);
    expect(newsOf(after, after)).toEqual([]);
  });

  it('says nothing of a run that a person stopped, nor of those that had ended before anybody looked', () => {
    expect(newsOf([run('ppo-1', 'running', 12)], [run('ppo-1', 'stopped', 12)])).toEqual([]);
    expect(newsOf([], [run('ppo-1', 'done', 20)])).toEqual([]);
  });
});

describe('progress on the dock', () => {
  it('is the share of the run that trains', () => {
    expect(progressOf([run('ppo-2', 'queued'), run('ppo-1', 'running', 5)])).toBe(0.25);
    expect(progressOf([run('ppo-1', 'stopping', 10)])).toBe(0.5);
  });
  it('shows that something goes on before the first step, and nothing when nothing trains', () => {
    expect(progressOf([run('ppo-1', 'running')])).toBe(2);
    expect(progressOf([run('ppo-1', 'queued'), run('ppo-2', 'done', 20)])).toBe(-1);
    expect(progressOf([])).toBe(-1);
  });
});
