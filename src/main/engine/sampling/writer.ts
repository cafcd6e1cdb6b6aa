import { currentBackend, onBackend } from '../backends/current.ts';
import type { Decoder } from '../nn/decoder.ts';

/** Copies of decoders on the backend that writes, each made when its decoder writes for the first time. */
const copies = new WeakMap<Decoder, Decoder>();

/**
 * Hands `write` the decoder to write with. Where the open backend has a writer beside it, that is a copy of the decoder there, brought up to date first: weights
 * go over by the parameter manifest, and of an adapted model only the adapter's after the first time.
 */
export async function asWriter<Result>(decoder: Decoder, write: (decoder: Decoder) => Promise<Result>): Promise<Result> {
  const writer = currentBackend()?.writer;
  if (!writer) return write(decoder);
  return onBackend(writer, () => write(upToDateCopy(decoder)));
}

function upToDateCopy(decoder: Decoder): Decoder {
  const known = copies.get(decoder);
  if (known) {
    known.trainable.take(decoder.trainable);
    return known;
  }
  const base = decoder.copy();
  const copy = decoder.adapter ? base.adapted(decoder.adapter.config, { weights: decoder.adapter.parameters.toArrays() }) : base;
  copies.set(decoder, copy);
  decoder.whenDisposed(() => {
    copy.dispose();
    if (copy !== base) base.dispose();
  });
  return copy;
}
