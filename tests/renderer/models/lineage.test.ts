import { describe, expect, it } from 'vitest';
import { ancestry, lineageOf } from '../../../src/renderer/models/lineage.ts';
import type { CheckpointView } from '../../../src/shared/api/compare.ts';

function checkpoint(id: string, kind: CheckpointView['kind'], parent: string | null, createdAt: number): CheckpointView {
  return { id, name: id, kind, parent, run: null, parameters: 1, adapterOf: null, bytes: 1, createdAt, accuracy: null, hash: id };
}

const all = [
  checkpoint('ppo-2', 'policy', 'sft', 4),
  checkpoint('ppo-1', 'policy', 'sft', 3),
  checkpoint('rm-1', 'reward', 'sft', 2),
  checkpoint('rm-2', 'reward', 'sft', 5),
  checkpoint('sft', 'sft', 'gone', 1),
];
const scoredBy = new Map([['ppo-1', 'rm-1']]);

describe('lineageOf', () => {
  const lineage = lineageOf(all, scoredBy);

  it('gives each kind there is a column, oldest on top, reward models below the line from SFT to a policy', () => {
    expect(lineage.columns).toEqual(['sft', 'reward', 'policy']);
    expect(lineage.rows).toBe(3);
    expect(lineage.nodes.map(({ id, column, row }) => [id, column, row])).toEqual([
      ['sft', 0, 0],
      ['rm-1', 1, 1],
      ['rm-2', 1, 2],
      ['ppo-1', 2, 0],
      ['ppo-2', 2, 1],
    ]);
  });

  it('draws no line to what is not there', () => {
    expect(lineage.edges.some((edge) => edge.from === 'gone')).toBe(false);
  });

  it('shows judgments once, before what they taught, and counts them among what that stands on', () => {
    const judgments = { hash: 'abc', name: '12 judgments', caption: 'by people' };
    const taught = lineageOf(
      all,
      scoredBy,
      new Map([
        ['rm-1', judgments],
        ['rm-2', judgments],
      ]),
    );
    expect(taught.columns).toEqual(['sft', 'judgments', 'reward', 'policy']);
    expect(taught.nodes.filter(({ kind }) => kind === 'judgments')).toEqual([
      { id: 'judgments abc', kind: 'judgments', name: '12 judgments', caption: 'by people', checkpoint: null, column: 1, row: 1 },
    ]);
    expect(ancestry('ppo-1', taught.edges)).toEqual(new Set(['ppo-1', 'sft', 'rm-1', 'judgments abc']));
    expect(ancestry('rm-2', taught.edges)).toEqual(new Set(['rm-2', 'sft', 'judgments abc']));
  });

  it('knows all that a checkpoint stands on, and nothing else', () => {
    expect(ancestry('ppo-1', lineage.edges)).toEqual(new Set(['ppo-1', 'sft', 'rm-1']));
    expect(ancestry('ppo-2', lineage.edges)).toEqual(new Set(['ppo-2', 'sft']));
  });
});
