import { z } from 'zod';

/**
 * What of a model is trained: `null` all of its weights, or a low-rank adapter (Hu et al. 2021), ΔW = α/r · B·A, on its linear layers, over weights that stay as they
 * are. Policy, reference, reward model and critic that are adapters of one model hold it once.
 */
export const adapter = z
  .strictObject({
    /** r. */
    rank: z.int().min(1).default(8),
    /** α. */
    alpha: z.number().positive().default(16),
    /** Names of linear layers: the end of their path (`q_proj`), a whole path, or `all-linear`. */
    targets: z.array(z.string().min(1)).min(1).default(['all-linear']),
  })
  .nullable();
export type AdapterConfig = NonNullable<z.infer<typeof adapter>>;

/** Every linear layer of every block, the choice of the QLoRA paper (Dettmers et al. 2023), with r = 8 and α = 16. */
export const usualAdapter: AdapterConfig = { rank: 8, alpha: 16, targets: ['all-linear'] };
