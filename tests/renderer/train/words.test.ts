import { expect, test } from 'vitest';
import { headlineColumn } from '../../../src/renderer/train/words.ts';

const heldOut = { metric: 'held_out/rlhf_reward', value: 0.71 } as const;
const ofBatch = { metric: 'objective/rlhf_reward', value: 0.85 } as const;

test('a column of results has one name, and names each one where they are not of one kind', () => {
  expect(headlineColumn([heldOut, null, { ...heldOut, value: -0.2 }])).toEqual({
    name: 'held-out objective',
    cells: ['+0.71', null, '−0.20'],
  });
  expect(headlineColumn([heldOut, ofBatch])).toEqual({ name: 'result', cells: ['+0.71 held-out objective', '+0.85 objective'] });
  expect(headlineColumn([null])).toEqual({ name: 'result', cells: [null] });
});
