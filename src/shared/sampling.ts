import { z } from 'zod';

/**
 * How weights are held while answers are written: as they are, or rounded to 8 bits with a scale for each output of a layer, which is faster for a large model and
 * needs less memory. A backend without 8-bit weights takes them as they are.
 */
export const decodeWeights = z.enum(['f32', 'int8']);
export type DecodeWeights = z.infer<typeof decodeWeights>;

/** How answers are drawn. */
export const sampling = z.strictObject({
  temperature: z.number().min(0).default(1),
  topK: z.int().min(0).default(0),
  topP: z.number().gt(0).max(1).default(1),
  maxNewTokens: z.int().min(1).default(64),
  seed: z.int().default(0),
  /** 'f32' where it is left out. */
  decodeWeights: decodeWeights.optional(),
});
export type Sampling = z.infer<typeof sampling>;
