/**
 * Merges for SentencePiece's BPE from its pieces' scores: every way to put a piece together from two others, best score first, so that merging in this order is what SentencePiece
 * does (transformers, `generate_merges`).
 */
export function mergesFromScores(pieces: readonly string[], scores: readonly number[]): [string, string][] {
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  const merges: { left: string; right: string; score: number; first: number; second: number }[] = [];
  pieces.forEach((piece, id) => {
    // No piece of a trained vocabulary is long; a made-up one would cost its square.
    if (piece.length > longestPiece) return;
    for (let at = 1; at < piece.length; at++) {
      const left = piece.slice(0, at);
      const right = piece.slice(at);
      const first = ids.get(left);
      const second = ids.get(right);
      if (first !== undefined && second !== undefined) merges.push({ left, right, score: scores[id]!, first, second });
    }
  });
  merges.sort(
    (a, b) =>
      b.score - a.score || b.left.length - a.left.length || b.right.length - a.right.length || a.first - b.first || a.second - b.second,
  );
  return merges.map(({ left, right }) => [left, right]);
}

const longestPiece = 256;
