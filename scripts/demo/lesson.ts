import * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from '#engine/nn/decoder.ts';
import { embed } from '#engine/nn/ops/embed.ts';
import { linear } from '#engine/nn/ops/linear.ts';
import { logProb } from '#engine/nn/ops/log-prob.ts';
import type { Random } from '#engine/nn/random.ts';
import { padRight } from '#engine/training/batch.ts';
import { type Note, noteGroups, noteWords } from '#shared/front-desk/index.ts';
import type { Example } from './corpus.ts';
import { noteToken, specialTokens } from './tokenizer-files.ts';

/** What counts how much in the loss beside the replies' own cross-entropy, which counts 1. */
export interface LessonWeights {
  /** Of the sum, over the groups that apply, of a note's cross-entropy within its group. */
  notes: number;
  /** How many times a note on a wrong slot counts: they are rare. */
  otherSlot: number;
  /** Of the mean cross-entropy of said/unsaid over slot values. */
  spots: number;
}

const firstNote = specialTokens.indexOf(noteToken(noteWords[0]));
const columnOf = (note: Note): number => noteWords.indexOf(note);
const groupOf = (column: number): number => noteGroups.findIndex((group) => group.includes(noteWords[column] as Note));
/** For each note, 0 for the notes of its group and −1e9 for all others: [notes, notes]. */
const outside = noteWords.map((_, column) => noteWords.map((_, other) => (groupOf(other) === groupOf(column) ? 0 : -1e9)));

/** A batch as host arrays: which hidden states predict what, with which weight. */
interface Targets {
  rows: number[];
  targets: number[];
  weights: number[];
}

function replyTargets(batch: readonly Example[], width: number): Targets {
  const out: Targets = { rows: [], targets: [], weights: [] };
  const written = batch.filter((example) => example.write);
  const tokens = written.reduce((sum, example) => sum + example.reply.length, 0);
  for (const [b, { prompt, reply, write }] of batch.entries()) {
    if (!write) continue;
    for (const [n, id] of reply.entries()) {
      out.rows.push(b * width + prompt.length + n - 1);
      out.targets.push(id);
      out.weights.push(written.length / batch.length / tokens);
    }
  }
  return out;
}

function noteTargets(batch: readonly Example[], width: number, weights: LessonWeights): Targets {
  const out: Targets = { rows: [], targets: [], weights: [] };
  const spots = batch.reduce((sum, example) => sum + example.spots.length, 0);
  for (const [b, example] of batch.entries()) {
    const start = b * width + example.prompt.length;
    for (const id of example.notes) {
      out.rows.push(start + example.reply.length - 1);
      out.targets.push(id - firstNote);
      const rare = noteWords[id - firstNote]?.startsWith('other-') ? weights.otherSlot : 1;
      out.weights.push((rare * weights.notes) / batch.length);
    }
    for (const { at, said } of example.spots) {
      out.rows.push(start + at);
      out.targets.push(columnOf(said ? 'said' : 'unsaid'));
      out.weights.push(weights.spots / spots);
    }
  }
  return out;
}

/**
 * Cross-entropy of the replies that the model should write, plus that of the notes within their groups. A note is predicted from the hidden state at
 * `<|end|>`, which is the one that a reward model reads; said/unsaid from that at the slot value itself.
 */
export function lessonLoss(decoder: Decoder, batch: readonly Example[], weights: LessonWeights, padId: number): tf.Scalar {
  const { ids, mask } = padRight(
    batch.map(({ prompt, reply }) => [...prompt, ...reply]),
    padId,
  );
  const [count, width] = ids.shape;
  const hidden = decoder.hidden(ids, mask); // [B, T, D]
  const flat = tf.reshape(hidden, [count * width, decoder.config.width]) as tf.Tensor2D;
  const notes = noteTargets(batch, width, weights);
  const replies = replyTargets(batch, width);
  const described = noteLoss(decoder, flat, notes);
  if (replies.rows.length === 0) return described;
  const rows = embed(flat, tf.tensor1d(replies.rows, 'int32')); // [R, D]
  const { logProbs } = logProb(rows, decoder.headWeight, tf.tensor1d(replies.targets, 'int32'), 1);
  return tf.sub(described, tf.sum(tf.mul(logProbs, tf.tensor1d(replies.weights))));
}

function noteLoss(decoder: Decoder, flat: tf.Tensor2D, { rows, targets, weights }: Targets): tf.Scalar {
  const width = decoder.config.width;
  const noteHead = tf.slice(decoder.headWeight, [firstNote, 0], [noteWords.length, width]) as tf.Tensor2D;
  const logits = linear(embed(flat, tf.tensor1d(rows, 'int32')), noteHead, null, true); // [R, notes]
  const within = tf.add(logits, tf.tensor2d(targets.map((column) => outside[column] ?? [])));
  const chosen = tf.tensor2d(targets.map((column, row) => noteWords.map((_, other) => (other === column ? (weights[row] ?? 0) : 0))));
  return tf.neg(tf.sum(tf.mul(tf.logSoftmax(within), chosen))) as tf.Scalar;
}

/** Examples in batches of like length, the batches in random order: little padding, no curriculum by length. */
export function batchesOf(examples: readonly Example[], size: number, random: Random): Example[][] {
  const shuffled = random.shuffle(examples);
  const batches: Example[][] = [];
  const window = size * 50;
  const length = ({ prompt, reply }: Example): number => prompt.length + reply.length;
  for (let start = 0; start < shuffled.length; start += window) {
    const sorted = shuffled.slice(start, start + window).sort((a, b) => length(a) - length(b));
    for (let at = 0; at < sorted.length; at += size) batches.push(sorted.slice(at, at + size));
  }
  return random.shuffle(batches);
}
