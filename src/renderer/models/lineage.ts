import type { CheckpointView } from '#shared/api/compare.ts';
import type { CheckpointKind } from '#shared/domain.ts';

/** A checkpoint's place in the picture: `column` by kind, `row` from the top of its column. */
export interface LineageNode {
  checkpoint: CheckpointView;
  column: number;
  row: number;
}

/** `to` stands on `from`: it started from it, or was scored by it. */
export interface LineageEdge {
  from: string;
  to: string;
}

export interface Lineage {
  columns: CheckpointKind[];
  nodes: LineageNode[];
  edges: LineageEdge[];
  rows: number;
}

const order: CheckpointKind[] = ['base', 'sft', 'reward', 'policy'];

/**
 * The picture of what stands on what. Reward models start a row lower, so that the line from SFT to a policy does not run through them.
 * `scoredBy`: the reward model of a policy's run, by policy. Kinds that the project has none of take no column.
 */
export function lineageOf(checkpoints: readonly CheckpointView[], scoredBy: ReadonlyMap<string, string>): Lineage {
  const columns = order.filter((kind) => checkpoints.some((checkpoint) => checkpoint.kind === kind));
  const nodes = columns.flatMap((kind, column) =>
    checkpoints
      .filter((checkpoint) => checkpoint.kind === kind)
      .sort((one, two) => one.createdAt - two.createdAt)
      .map((checkpoint, index): LineageNode => ({ checkpoint, column, row: index + (kind === 'reward' && columns.length > 2 ? 1 : 0) })),
  );
  const known = new Set(checkpoints.map((checkpoint) => checkpoint.id));
  const edges = checkpoints.flatMap((checkpoint) =>
    [checkpoint.parent, scoredBy.get(checkpoint.id)].flatMap((from): LineageEdge[] =>
      typeof from === 'string' && known.has(from) ? [{ from, to: checkpoint.id }] : [],
    ),
  );
  return { columns, nodes, edges, rows: Math.max(0, ...nodes.map((node) => node.row + 1)) };
}

/** A checkpoint and everything it stands on. */
export function ancestry(id: string, edges: readonly LineageEdge[]): Set<string> {
  const found = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    waiting.push(...edges.filter((edge) => edge.to === next).map((edge) => edge.from));
  }
  return found;
}
