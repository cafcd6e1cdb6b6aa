import { Select } from '@mantine/core';
import type { RunPlan } from '#shared/api/runs.ts';
import { needsRewardModel, rewardParts } from '#shared/training/rewards.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { formatNumber } from '../ui/format.ts';

/** What rules alone begin with, to be changed to what is wanted. */
export const firstRule = [{ kind: 'length', max: 40 }];

/** Whether these rewards, as far as they are valid, ask no reward model. */
export function paidByRules(rewards: unknown): boolean {
  const read = rewardParts.safeParse(rewards);
  return read.success && !needsRewardModel({ rewards: read.data });
}

interface ScoredByFieldProps {
  models: RunPlan['rewardModels'];
  /** A reward model, or `rules`. */
  chosen: string | null;
  onChange: (chosen: string) => void;
}

/** What answers are paid by: a reward model of the project, or rules alone, which need none. */
export function ScoredByField({ models, chosen, onChange }: ScoredByFieldProps) {
  const model = models.find((one) => one.id === chosen);
  return (
    <FieldRow label="Scored by" why={reason(chosen, model)}>
      <Select
        aria-label="Scored by"
        placeholder="no reward model yet"
        data={[...models.map((one) => ({ value: one.id, label: one.name })), { value: 'rules', label: 'Rules alone' }]}
        value={chosen}
        onChange={(value) => value !== null && onChange(value)}
        allowDeselect={false}
      />
    </FieldRow>
  );
}

function reason(chosen: string | null, model: RunPlan['rewardModels'][number] | undefined): string {
  if (chosen === 'rules') return 'of length, pattern or JSON; what they do not ask for is not paid for';
  if (!model) return 'a reward model learns from judgments; rules of length, pattern or JSON need none';
  return model.accuracy === null
    ? 'its held-out accuracy is not known'
    : `orders ${formatNumber(model.accuracy, 'percent')} of held-out pairs as judged`;
}
