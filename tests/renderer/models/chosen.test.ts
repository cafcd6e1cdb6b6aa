import { expect, test } from 'vitest';
import { chosenOf } from '../../../src/renderer/models/chosen.ts';
import type { CheckpointView } from '../../../src/shared/api/compare.ts';

type Shown = Pick<CheckpointView, 'id' | 'name' | 'kind'>;
const reward: Shown = { id: 'ckp_3', name: 'reward-1', kind: 'reward' };
const policy: Shown = { id: 'ckp_2', name: 'ppo-1', kind: 'policy' };
const sft: Shown = { id: 'ckp_1', name: 'sft', kind: 'sft' };

test('a checkpoint of the address that is not there is named, and not silently another', () => {
  expect(chosenOf([reward, policy, sft], 'ckp_nope')).toEqual({
    chosen: policy,
    gone: 'This project has no checkpoint ckp_nope; it may have been deleted. ppo-1 is shown.',
  });
  expect(chosenOf([reward, policy, sft], 'ckp_1')).toEqual({ chosen: sft, gone: null });
  expect(chosenOf([reward, sft], null)).toEqual({ chosen: reward, gone: null });
});
