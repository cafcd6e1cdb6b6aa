import { z } from 'zod';
import { adapter } from './adapter.ts';
import type { Setting } from './settings.ts';

/** Settings that every method has, to be spread into its own. */
export const common = {
  adapter: adapter.default(null),
  /** Global norm above which a gradient is scaled down. */
  maxGradNorm: z.number().positive().default(1),
  seed: z.int().default(0),
  /** Padded tokens of one forward and backward pass: a batch of more is accumulated, to the same gradient. */
  tokensAtOnce: z.int().min(16).default(1024),
  /** Compute activations again in the backward pass, to the same gradient, instead of keeping them. */
  recompute: z.boolean().default(false),
};
type Common = z.infer<z.ZodObject<typeof common>>;

export const commonSettings: Setting<Common>[] = [
  {
    key: 'adapter',
    label: 'What is trained',
    why: 'all weights of a small model; of a large one an adapter (LoRA) beside them, which needs far less memory',
    main: true,
  },
  { key: 'seed', label: 'Seed', why: 'the same seed on the same backend gives the same weights', main: true },
  { key: 'maxGradNorm', label: 'Gradient clip', why: 'global norm above which a gradient is scaled down' },
  { key: 'tokensAtOnce', label: 'Tokens at once', why: 'fewer need less memory; the gradient of a batch stays the same' },
  { key: 'recompute', label: 'Recompute activations', why: 'much less memory for about a third more time; the same gradient' },
];
