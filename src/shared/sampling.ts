import { z } from 'zod';

/** How answers are drawn. */
export const sampling = z.strictObject({
  temperature: z.number().min(0).default(1),
  topK: z.int().min(0).default(0),
  topP: z.number().gt(0).max(1).default(1),
  maxNewTokens: z.int().min(1).default(64),
  seed: z.int().default(0),
});
export type Sampling = z.infer<typeof sampling>;
