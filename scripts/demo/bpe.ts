/**
 * Byte-level BPE, trained from word counts (Sennrich et al. 2016; the byte alphabet of GPT-2). Small and exact: pair counts are kept up to
 * date merge by merge, ties go to the pair that sorts first, so the same text always gives the same vocabulary.
 */

/** A word with the space before it, a number or an hour as one piece, punctuation by itself. */
export const wordPattern = " ?\\p{L}+(?:[-'’]\\p{L}+)*| ?\\d+(?::\\d\\d)?| ?[^\\s\\p{L}\\d]+|\\s+";

/** GPT-2's printable stand-in for each of the 256 bytes. */
export const byteLetters: readonly string[] = (() => {
  const printable = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
})();

export interface Vocabulary {
  /** Special tokens first, then the bytes, then one entry a merge; the index is the id. */
  tokens: string[];
  merges: [string, string][];
}

/** Trains until the vocabulary has `size` entries, or every word of the texts is one token. */
export function trainBpe(texts: Iterable<string>, specialTokens: readonly string[], size: number): Vocabulary {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.matchAll(new RegExp(wordPattern, 'gu'))) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts].map(([word, count]) => ({ pieces: [...Buffer.from(word)].map((byte) => byteLetters[byte] ?? ''), count }));
  const tokens = [...specialTokens, ...byteLetters];
  const known = new Set(tokens);
  const merges: [string, string][] = [];
  const pairs = new Map<string, { left: string; right: string; count: number; words: Set<number> }>();
  const note = (word: number, sign: 1 | -1): void => {
    const entry = words[word];
    if (!entry) return;
    for (let at = 0; at + 1 < entry.pieces.length; at++) {
      const left = entry.pieces[at] ?? '';
      const right = entry.pieces[at + 1] ?? '';
      const key = `${left} ${right}`;
      const pair = pairs.get(key) ?? { left, right, count: 0, words: new Set<number>() };
      pair.count += sign * entry.count;
      pair.words.add(word);
      pairs.set(key, pair);
    }
  };
  for (const index of words.keys()) note(index, 1);

  while (tokens.length < size) {
    let best: { key: string; left: string; right: string; count: number; words: Set<number> } | null = null;
    for (const [key, pair] of pairs) {
      if (pair.count > 0 && (!best || pair.count > best.count || (pair.count === best.count && key < best.key))) best = { key, ...pair };
    }
    if (!best) break;
    const merged = best.left + best.right;
    merges.push([best.left, best.right]);
    if (!known.has(merged)) {
      known.add(merged);
      tokens.push(merged);
    }
    for (const word of best.words) {
      note(word, -1);
      const entry = words[word];
      if (entry) entry.pieces = mergePair(entry.pieces, best.left, best.right);
      note(word, 1);
    }
    pairs.delete(best.key);
  }
  return { tokens, merges };
}

function mergePair(pieces: string[], left: string, right: string): string[] {
  const out: string[] = [];
  for (let at = 0; at < pieces.length; at++) {
    const piece = pieces[at] ?? '';
    if (piece === left && pieces[at + 1] === right) {
      out.push(left + right);
      at++;
    } else out.push(piece);
  }
  return out;
}
