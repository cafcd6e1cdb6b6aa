/**
 * Word difference of two texts, for the reading surface of Label: which words has only one of them?
 * Source: E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the linear-space form of section 4b.
 */

/** A range of a text, `start` inclusive, `end` exclusive, in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
}

/** Words and single signs; white space is no word. Scripts without spaces between words are compared letter by letter. */
const wordPattern = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]|[\p{L}\p{N}\p{M}_'’]+|[^\s]/gu;

export function words(text: string): Span[] {
  return Array.from(text.matchAll(wordPattern), (match) => ({ start: match.index, end: match.index + match[0].length }));
}

/**
 * Ranges that only `a` has and ranges that only `b` has. What is left of both after taking them out is one longest common subsequence
 * of words, so the marks are as few as they can be. Neighboring words are one range, white space between them included.
 */
export function wordDifference(a: string, b: string): { onlyA: Span[]; onlyB: Span[] } {
  const wordsA = words(a);
  const wordsB = words(b);
  const { left, right } = numbered(a, wordsA, b, wordsB);
  const keptA = new Uint8Array(left.length);
  const keptB = new Uint8Array(right.length);
  markCommon(left, 0, left.length, right, 0, right.length, keptA, keptB);
  return { onlyA: ranges(a, wordsA, keptA), onlyB: ranges(b, wordsB, keptB) };
}

/** Equal words get equal numbers, so that comparing two is comparing integers. */
function numbered(a: string, wordsA: Span[], b: string, wordsB: Span[]): { left: Int32Array; right: Int32Array } {
  const numbers = new Map<string, number>();
  const numberOf = (text: string) => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  const read = (text: string, spans: Span[]) => Int32Array.from(spans, ({ start, end }) => numberOf(text.slice(start, end)));
  return { left: read(a, wordsA), right: read(b, wordsB) };
}

/** Marks one longest common subsequence of a[a0, a1) and b[b0, b1): both ends first, then each half beside the middle snake. */
function markCommon(
  a: Int32Array,
  a0: number,
  a1: number,
  b: Int32Array,
  b0: number,
  b1: number,
  keptA: Uint8Array,
  keptB: Uint8Array,
): void {
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) {
    keptA[a0++] = 1;
    keptB[b0++] = 1;
  }
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) {
    keptA[--a1] = 1;
    keptB[--b1] = 1;
  }
  if (a0 === a1 || b0 === b1) return;
  const [x, y] = middle(a, a0, a1, b, b0, b1);
  markCommon(a, a0, x, b, b0, y, keptA, keptB);
  markCommon(a, x, a1, b, y, b1, keptA, keptB);
}

/** A point on a shortest edit path about half way along it, where the search from the start meets the search from the end. */
function middle(a: Int32Array, a0: number, a1: number, b: Int32Array, b0: number, b1: number): [number, number] {
  const n = a1 - a0;
  const m = b1 - b0;
  const delta = n - m;
  const odd = delta % 2 !== 0;
  const most = Math.ceil((n + m) / 2);
  // Furthest x reached on diagonal k = x − y, forward from the start and backward from the end; index k + most + 1.
  const forward = new Int32Array(2 * most + 3);
  const backward = new Int32Array(2 * most + 3);
  const at = (k: number) => k + most + 1;
  for (let d = 0; d <= most; d++) {
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && forward[at(k - 1)]! < forward[at(k + 1)]!) ? forward[at(k + 1)]! : forward[at(k - 1)]! + 1;
      while (x < n && x - k < m && a[a0 + x] === b[b0 + x - k]) x++;
      forward[at(k)] = x;
      const mirrored = delta - k;
      if (odd && Math.abs(mirrored) < d && x + backward[at(mirrored)]! >= n) return [a0 + x, b0 + x - k];
    }
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && backward[at(k - 1)]! < backward[at(k + 1)]!) ? backward[at(k + 1)]! : backward[at(k - 1)]! + 1;
      while (x < n && x - k < m && a[a1 - 1 - x] === b[b1 - 1 - (x - k)]) x++;
      backward[at(k)] = x;
      const mirrored = delta - k;
      if (!odd && Math.abs(mirrored) <= d && x + forward[at(mirrored)]! >= n) return [a1 - x, b1 - (x - k)];
    }
  }
  throw new Error('Two searches over the same edit graph always meet.');
}

/** Words that were not kept, neighbors joined unless a line ends between them. */
function ranges(text: string, spans: Span[], kept: Uint8Array): Span[] {
  const result: Span[] = [];
  let previous = -2;
  spans.forEach(({ start, end }, index) => {
    if (kept[index]) return;
    const last = result.at(-1);
    if (last && previous === index - 1 && !text.slice(last.end, start).includes('\n')) last.end = end;
    else result.push({ start, end });
    previous = index;
  });
  return result;
}
