import * as tf from '@tensorflow/tfjs-core';

/** A prompt and what follows it, as token ids. The response includes its stop token if it has one. */
export interface TokenSequence {
  prompt: readonly number[];
  response: readonly number[];
}

export interface PaddedRows {
  /** [B, T] int32 */
  ids: tf.Tensor2D;
  /** [B, T] int32: 1 on tokens, 0 on padding. */
  mask: tf.Tensor2D;
  /** Where in [B·T] the last token of each row is. Known from the lengths: neither the pad id, which may be EOS's too, nor a read of the mask is needed to find it. */
  ends: number[];
}

/** Rows of different lengths as one tensor as wide as the longest, padded on the right. Tensors are the caller's to dispose. */
export function padRight(rows: readonly (readonly number[])[], padId: number): PaddedRows {
  return pad(rows, padId, () => 0);
}

/** The same, padded on the left: every row ends in the last column. */
export function padLeft(rows: readonly (readonly number[])[], padId: number): PaddedRows {
  return pad(rows, padId, (row, width) => width - row.length);
}

function pad(rows: readonly (readonly number[])[], padId: number, start: (row: readonly number[], width: number) => number): PaddedRows {
  const width = Math.max(...rows.map((row) => row.length));
  const ids = new Int32Array(rows.length * width).fill(padId);
  const mask = new Int32Array(rows.length * width);
  const ends = rows.map((row, b) => {
    const from = b * width + start(row, width);
    ids.set(row, from);
    mask.fill(1, from, from + row.length);
    return from + row.length - 1;
  });
  return { ids: tf.tensor2d(ids, [rows.length, width], 'int32'), mask: tf.tensor2d(mask, [rows.length, width], 'int32'), ends };
}

/**
 * Sequences padded on the right, and where their response tokens are. Everything that is per response token is one flat row of R = Σ lengths numbers,
 * sequence after sequence: there is no padding in it, so that a mean over it *is* the masked mean of spec/algorithms.md, and nothing is computed for padding.
 */
export interface ResponseBatch extends PaddedRows {
  /** [R] int32: where in [B·T] the position is that predicts each response token (the one before it). */
  predictors: tf.Tensor1D;
  /** [R] int32: the response tokens. */
  targets: tf.Tensor1D;
  /** Response tokens of each sequence, [B]. */
  lengths: number[];
}

/** Every prompt must have at least one token: the first response token is predicted from the last of the prompt. */
export function responseBatch(sequences: readonly TokenSequence[], padId: number): ResponseBatch {
  const padded = padRight(
    sequences.map(({ prompt, response }) => [...prompt, ...response]),
    padId,
  );
  const width = padded.ids.shape[1];
  const predictors = sequences.flatMap(({ prompt, response }, b) => response.map((_, n) => b * width + prompt.length - 1 + n));
  return {
    ...padded,
    predictors: tf.tensor1d(predictors, 'int32'),
    targets: tf.tensor1d(
      sequences.flatMap(({ response }) => [...response]),
      'int32',
    ),
    lengths: sequences.map(({ response }) => response.length),
  };
}

export function disposeBatch(batch: PaddedRows | ResponseBatch): void {
  batch.ids.dispose();
  batch.mask.dispose();
  if ('predictors' in batch) {
    batch.predictors.dispose();
    batch.targets.dispose();
  }
}

/** A flat row of R numbers cut into one row a sequence. */
export function splitByLength(values: ArrayLike<number>, lengths: readonly number[]): Float64Array[] {
  let offset = 0;
  return lengths.map((length) => {
    const row = Float64Array.from({ length }, (_, n) => values[offset + n] as number);
    offset += length;
    return row;
  });
}

/**
 * Indices of sequences in groups of at most `size`, alike in length, so that little is computed for padding; for work whose result does not depend on the grouping
 * (scoring, log-probabilities without a gradient).
 */
export function groupsByLength(sequences: readonly TokenSequence[], size: number): number[][] {
  const length = (i: number) => sequences[i]!.prompt.length + sequences[i]!.response.length;
  const order = sequences.map((_, i) => i).sort((a, b) => length(a) - length(b) || a - b);
  return Array.from({ length: Math.ceil(order.length / size) }, (_, g) => order.slice(g * size, (g + 1) * size));
}

/**
 * A prompt shortened from its left so that prompt and response fit the context; null if the response alone (with one token of the prompt, which predicts its first) does not.
 * Truncating the response would change what was judged (spec/algorithms.md, Reward model).
 */
export function fitContext(sequence: TokenSequence, context: number): TokenSequence | null {
  const { prompt, response } = sequence;
  const room = context - response.length;
  if (room < 1 || prompt.length === 0) return null;
  return prompt.length <= room ? sequence : { prompt: prompt.slice(prompt.length - room), response };
}
