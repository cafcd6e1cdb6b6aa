import type { Method } from '../domain.ts';
import { usualAdapter } from './adapter.ts';
import { type ModelShape, parameterCount } from './memory.ts';

/**
 * Parameters up to which all weights are trained. Each takes 16 bytes with its gradient and moments, in PPO the critic's as much again and the frozen models 8 more: 2 GB at
 * this size, which any machine has.
 */
const wholeUpTo = 50e6;

/** GRPO as its authors have it (Shao et al. 2024; the reduction of Yu et al. 2025): what was measured to be better on the demo's model has not been on a large one. */
const asPublished = { klCoefficient: 0.04, klIn: 'loss', groups: 12, groupSize: 8, scaleRewards: 'group', reduction: 'dapo' };

/** What suits a large model where a method's own defaults suit one of a million parameters (spec/algorithms.md): of all weights, of an adapter, and of both. */
const ofLargeModels: Record<Method, { rate: number; adapterRate: number; both?: Record<string, unknown> }> = {
  sft: { rate: 1e-5, adapterRate: 1e-4 },
  reward: { rate: 1e-5, adapterRate: 1e-4 },
  ppo: { rate: 1e-5, adapterRate: 1e-4, both: { klCoefficient: 0.05 } },
  dpo: { rate: 1e-6, adapterRate: 1e-5, both: { klCoefficient: 0.1, epochs: 3 } },
  grpo: { rate: 1e-6, adapterRate: 1e-5, both: asPublished },
};

/**
 * The settings whose defaults depend on the model: whether an adapter is trained, and how fast. Nothing for a small model, whose defaults the method has itself.
 * @param model null where its size is not known. @param config what a person chose
 */
export function modelDefaults(method: Method, model: ModelShape | null, config: Record<string, unknown>): Record<string, unknown> {
  if (!model || parameterCount(model) <= wholeUpTo) return {};
  const { rate, adapterRate, both } = ofLargeModels[method];
  return { adapter: usualAdapter, learningRate: config.adapter === null ? rate : adapterRate, ...both };
}
