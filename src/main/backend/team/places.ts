/**
 * The order in which scored pairs are labeled, by id: the smaller |r_a − r_b| first (`uncertainty`: the reward model cannot tell which is better), or the
 * larger the spread of it over members or seeds first (`disagreement`).
 * @param margins of each pair, by model
 */
export function placesOf(by: 'uncertainty' | 'disagreement', margins: ReadonlyMap<string, readonly number[]>): Map<string, number> {
  const key = by === 'uncertainty' ? (values: readonly number[]) => Math.abs(mean(values)) : (values: readonly number[]) => -spread(values);
  const order = [...margins].map(([id, values]) => ({ id, key: key(values) })).sort((a, b) => a.key - b.key);
  return new Map(order.map(({ id }, place) => [id, place]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
}
