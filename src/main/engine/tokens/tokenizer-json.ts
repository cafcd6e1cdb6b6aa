import { z } from 'zod';

/** More tokens than any vocabulary in use (the largest have some 260,000). */
const mostTokens = 2_000_000;
const longestPattern = 4096;
const longestToken = 4096;

const id = z.int().min(0).lt(mostTokens);
const piece = z.string().max(longestToken);

/** A step of text processing: `type`, and what it needs. Steps nest in sequences. */
export type Step = { [key: string]: unknown; type: string };
const step = z.looseObject({ type: z.string().max(100) }).superRefine((value, context) => {
  const wrong = wrongStep(value, 0);
  if (wrong) context.addIssue({ code: 'custom', message: wrong });
});

const model = z
  .looseObject({
    type: z.enum(['BPE', 'Unigram', 'WordPiece'], { error: 'is no BPE, Unigram or WordPiece' }).optional(),
    vocab: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown()).max(mostTokens)]),
    merges: z
      .array(z.unknown())
      .max(2 * mostTokens)
      .optional(),
    unk_token: z.string().max(longestToken).nullish(),
    unk_id: id.nullish(),
    continuing_subword_prefix: z.string().max(100).nullish(),
    end_of_word_suffix: z.string().max(100).nullish(),
  })
  .superRefine((value, context) => {
    const wrong = wrongModel(value);
    if (wrong) context.addIssue({ code: 'custom', message: wrong });
  });

const addedToken = z.looseObject({
  id,
  content: z.string().min(1).max(longestToken),
  special: z.boolean().optional(),
  normalized: z.boolean().optional(),
});

/**
 * Hugging Face's tokenizer.json, as far as a file from elsewhere must be checked before it is used: ids in range, no empty token, no step that would
 * never end. Whether its patterns end is found by trying ({@link requireQuick}). What the steps mean is the tokenizer's to say.
 */
export const tokenizerJson = z.looseObject({
  added_tokens: z.array(addedToken).max(mostTokens).default([]),
  normalizer: step.nullable().default(null),
  pre_tokenizer: step.nullable().default(null),
  post_processor: step.nullable().default(null),
  decoder: step.nullable().default(null),
  model,
});

function wrongModel({ type, vocab, merges }: { type?: string | undefined; vocab: unknown; merges?: unknown[] | undefined }): string | null {
  if (type === 'Unigram' || Array.isArray(vocab)) {
    const entry = z.tuple([piece, z.number()]);
    return Array.isArray(vocab) && vocab.length > 0 && vocab.every((value) => entry.safeParse(value).success)
      ? null
      : 'has a vocabulary that is no list of pieces with scores';
  }
  const seen = new Set<number>();
  let count = 0;
  for (const [token, value] of Object.entries(vocab as Record<string, unknown>)) {
    if (!id.safeParse(value).success) return `gives the token "${token.slice(0, 40)}" no usable number`;
    if (token.length > longestToken) return 'has a token of absurd length';
    seen.add(value as number);
    count++;
  }
  if (count === 0) return 'has an empty vocabulary';
  if (seen.size !== count) return 'gives two tokens one number';
  if (type === 'WordPiece') return null;
  if (!merges) return 'has no merges';
  const isPair = (merge: unknown) =>
    Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === 'string' && part !== '');
  const isText = (merge: unknown) => typeof merge === 'string' && merge.includes(' ');
  return merges.every(Array.isArray(merges[0]) ? isPair : isText) ? null : 'has a merge that is no pair of tokens';
}

const nested = ['normalizers', 'pretokenizers', 'decoders', 'processors'];
const stepList = z.array(z.looseObject({ type: z.string().max(100) })).max(100);
const pattern = z.union([
  z.looseObject({ Regex: z.string().min(1).max(longestPattern) }),
  z.looseObject({ String: z.string().min(1).max(longestPattern) }),
]);
const stripped = z.int().min(0).lt(1000).optional();

/** What is wrong with a step, or null. */
function wrongStep(value: Step, depth: number): string | null {
  if (depth > 8) return 'nests too deep';
  for (const key of nested) {
    if (value[key] === undefined) continue;
    const inner = stepList.safeParse(value[key]);
    if (!inner.success) return `has "${key}" that are no list of steps`;
    for (const next of inner.data) {
      const wrong = wrongStep(next, depth + 1);
      if (wrong) return wrong;
    }
  }
  if (value.pattern != null && !pattern.safeParse(value.pattern).success) return 'has a pattern that is none';
  if (value.type === 'FixedLength' && !z.int().min(1).safeParse(value.length).success) return 'cuts text into parts of no length';
  if (value.type === 'Strip' && ![value.start, value.stop].every((count) => stripped.safeParse(count).success))
    return 'strips a count that is none';
  return null;
}
