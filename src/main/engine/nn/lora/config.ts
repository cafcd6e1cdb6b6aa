import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { usualAdapter } from '#shared/training/adapter.ts';

/** A low-rank adapter (Hu et al. 2021): ΔW = α/r · B·A on each of its targets. */
export interface LoraConfig {
  /** r. */
  rank: number;
  alpha: number;
  /** Names of linear layers: the end of their path (`q_proj`), a whole path, or `all-linear`. */
  targets: readonly string[];
  /** Rank-stabilized (Kalajdzievski 2023): α/√r in place of α/r. */
  stabilized: boolean;
}

export const usualLora: LoraConfig = { ...usualAdapter, stabilized: false };

export function scaleOf({ rank, alpha, stabilized }: LoraConfig): number {
  return alpha / (stabilized ? Math.sqrt(rank) : rank);
}

const nothing = z.union([z.null(), z.literal(false), z.tuple([]), z.record(z.string(), z.never())]).optional();

/** PEFT's `adapter_config.json`: what is computed here, and what must be absent because it would change the numbers. */
const peftJson = z.looseObject({
  peft_type: z.literal('LORA'),
  r: z.int().positive(),
  lora_alpha: z.number().positive(),
  target_modules: z.union([z.array(z.string().min(1)).min(1), z.string().min(1)]),
  use_rslora: z.boolean().nullish(),
  bias: z.literal('none').nullish(),
  use_dora: nothing,
  use_qalora: nothing,
  lora_bias: nothing,
  rank_pattern: nothing,
  alpha_pattern: nothing,
  modules_to_save: z.union([nothing, z.array(z.enum(['score', 'classifier']))]), // a reward model's head, which is read beside the adapter
  exclude_modules: nothing,
  layers_to_transform: nothing,
  layer_replication: nothing,
  target_parameters: nothing,
  trainable_token_indices: nothing,
});

/**
 * Reads PEFT's adapter_config.json. Dropout belongs to training and is not read.
 * @throws PlainError `bad_input` for another kind of adapter, or for a feature that is not built here.
 */
export function loraConfigFrom(json: unknown): LoraConfig {
  const result = peftJson.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const where = issue.path.join('.') || 'the whole';
    throw new PlainError('bad_input', `This adapter cannot be used: adapter_config.json: "${where}" is not what Plumbline can compute.`);
  }
  const { r, lora_alpha, target_modules, use_rslora } = result.data;
  return {
    rank: r,
    alpha: lora_alpha,
    targets: typeof target_modules === 'string' ? [target_modules] : target_modules,
    stabilized: use_rslora === true,
  };
}

/** As PEFT reads it. `inOut`: the weights of the base are GPT-2's Conv1D; `scored`: a reward model's, whose head lies beside it. */
export function peftConfig(
  config: LoraConfig,
  base: string | null,
  { inOut, scored }: { inOut: boolean; scored: boolean },
): Record<string, unknown> {
  const [only] = config.targets;
  return {
    peft_type: 'LORA',
    task_type: scored ? 'SEQ_CLS' : 'CAUSAL_LM',
    base_model_name_or_path: base,
    r: config.rank,
    lora_alpha: config.alpha,
    target_modules: config.targets.length === 1 && only === 'all-linear' ? only : [...config.targets],
    use_rslora: config.stabilized,
    fan_in_fan_out: inOut,
    lora_dropout: 0,
    bias: 'none',
    use_dora: false,
    modules_to_save: scored ? ['score'] : null,
    inference_mode: true,
  };
}
