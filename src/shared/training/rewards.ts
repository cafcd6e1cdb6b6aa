/**
 * What an answer is paid for, where a policy is trained online: the reward model r_φ, rules, or a weighted sum of several (`rewards` of PPO and GRPO),
 *
 *     r(x, y) = Σ_i w_i · part_i(x, y).
 *
 * A rule gives a number from 0 to 1; r_φ gives its own, which has deviation 1 over answers of SFT.
 */
import { z } from 'zod';

const named = {
  /** What the part is called in metrics (`reward/part/NAME`) and samples; its kind where it has none. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'a name has lower-case letters, digits, - and _')
    .optional(),
  /** w; negative for what is to be avoided. */
  weight: z.number().default(1),
};

const modelPart = z.strictObject({
  kind: z.literal('model'),
  ...named,
  /** c of mean − c·deviation over the members of a reward model with several (`ensemble`): its lower bound. 0: the mean. */
  caution: z.number().min(0).default(0),
});

const lengthPart = z
  .strictObject({
    kind: z.literal('length'),
    ...named,
    /** Tokens as `response/length_mean` counts them, the stop token included. */
    unit: z.enum(['tokens', 'words']).default('words'),
    /** 1 at this length, falling evenly to 0 at nothing and at twice it. */
    target: z.int().min(1).optional(),
    /** 1 up to this length, falling evenly to 0 at twice it. */
    max: z.int().min(1).optional(),
  })
  .refine(({ target, max }) => (target === undefined) !== (max === undefined), 'a length rule has either target or max');

const regexPart = z
  .strictObject({
    kind: z.literal('regex'),
    ...named,
    pattern: z.string().min(1).max(2000),
    /** JavaScript's: i ignores case, s lets . match line ends, m makes ^ and $ those of a line, u is Unicode. */
    flags: z
      .string()
      .regex(/^[imsuv]*$/, 'flags are of i, m, s, u, v')
      .default('u'),
    /** Whether an answer is paid for matching or for not matching. */
    must: z.enum(['match', 'not_match']).default('match'),
  })
  .refine(({ pattern, flags }) => compiles(pattern, flags), 'this is no regular expression of JavaScript');

const jsonPart = z.strictObject({
  kind: z.literal('json'),
  ...named,
  /** JSON Schema (draft 2020-12, 7 or 4; no `not`, no if/then/else, no references outside it) that the whole answer must satisfy. */
  schema: z.record(z.string(), z.json()).refine((schema) => readJsonSchema(schema) !== null, 'this is no JSON Schema that can be checked'),
});

export const rewardPart = z.discriminatedUnion('kind', [modelPart, lengthPart, regexPart, jsonPart]);
export type RewardPart = z.infer<typeof rewardPart>;
export type RulePart = Exclude<RewardPart, { kind: 'model' }>;

/** The setting `rewards`. */
export const rewardParts = z
  .array(rewardPart)
  .min(1, 'at least one reward is needed')
  .max(16)
  .refine((parts) => parts.filter(({ kind }) => kind === 'model').length <= 1, 'the reward model can be named once')
  .refine((parts) => new Set(partNames(parts)).size === parts.length, 'two rewards have the same name: give each its own')
  .default([{ kind: 'model', weight: 1, caution: 0 }]);

/** The name of each part, in order. */
export function partNames(parts: readonly Pick<RewardPart, 'kind' | 'name'>[]): string[] {
  return parts.map(({ name, kind }) => name ?? kind);
}

/** Whether a run with these rewards needs a reward model. */
export function needsRewardModel({ rewards }: { rewards: readonly Pick<RewardPart, 'kind'>[] }): boolean {
  return rewards.some(({ kind }) => kind === 'model');
}

/** A checker of values, or null where the schema uses what cannot be checked. */
export function readJsonSchema(schema: Record<string, unknown>): z.ZodType | null {
  try {
    return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  } catch {
    return null;
  }
}

function compiles(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}
