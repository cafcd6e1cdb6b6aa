import { createHash } from 'node:crypto';

/** At most `limit` of `rows`, drawn by `seed`: the same rows for the same seed whatever else the project holds, in the order they came. */
export function draw<Row extends { id: string }>(rows: readonly Row[], limit: number | null, seed: number): Row[] {
  if (limit === null || rows.length <= limit) return [...rows];
  const lots = rows.map((row, index) => ({ row, index, lot: createHash('sha256').update(`${seed}:${row.id}`).digest('hex') }));
  return lots
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, limit)
    .sort((a, b) => a.index - b.index)
    .map(({ row }) => row);
}
