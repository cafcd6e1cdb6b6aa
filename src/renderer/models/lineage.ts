import type { CheckpointView } from '#shared/api/compare.ts';
import type { CheckpointKind } from '#shared/domain.ts';

export type LineageKind = CheckpointKind | 'judgments';

/** Judgments that taught a run: of one set there is one node, whatever it taught. */
export interface TaughtBy {
  /** Of the exact judgments. */
  hash: string;
  /** `1,090 judgments` */
  name: string;
  /** `by people` */
  caption: string;
}

/** A checkpoint, or the judgments that taught one, in its place in the picture: `column` by kind, `row` from the top of its column. */
export interface LineageNode {
  id: string;
  kind: LineageKind;
  name: string;
  /** Null for judgments, whose words are in `caption`. */
  checkpoint: CheckpointView | null;
  caption: string | null;
  column: number;
  row: number;
}

/** `to` stands on `from`: it started from it, was scored by it, or was taught by it. */
export interface LineageEdge {
  from: string;
  to: string;
}

export interface Lineage {
  columns: LineageKind[];
  nodes: LineageNode[];
  edges: LineageEdge[];
  rows: number;
}

const order: LineageKind[] = ['base', 'sft', 'judgments', 'reward', 'policy'];

/**
 * The picture of what stands on what. Judgments and reward models start a row lower, so that the line from SFT to a policy does not run through them.
 * `scoredBy`: the reward model of a policy's run, `taughtBy`: the judgments of a reward model's or of DPO's, both by checkpoint. Kinds that the project has none of take no column.
 */
export function lineageOf(
  checkpoints: readonly CheckpointView[],
  scoredBy: ReadonlyMap<string, string>,
  taughtBy: ReadonlyMap<string, TaughtBy> = new Map(),
): Lineage {
  const oldestFirst = checkpoints.toSorted((one, two) => one.createdAt - two.createdAt);
  const judgments = new Map(oldestFirst.flatMap(({ id }) => taughtBy.get(id) ?? []).map((taught) => [judgmentsId(taught), taught]));
  const columns = order.filter((kind) =>
    kind === 'judgments' ? judgments.size > 0 : checkpoints.some((checkpoint) => checkpoint.kind === kind),
  );
  const nodes = columns.flatMap((kind, column) => {
    const lower = (kind === 'reward' || kind === 'judgments') && columns.length > 2 ? 1 : 0;
    const place = (index: number) => ({ kind, column, row: index + lower });
    if (kind === 'judgments') {
      return [...judgments].map(
        ([id, { name, caption }], index): LineageNode => ({ id, name, caption, checkpoint: null, ...place(index) }),
      );
    }
    return oldestFirst
      .filter((checkpoint) => checkpoint.kind === kind)
      .map((checkpoint, index): LineageNode => ({ id: checkpoint.id, name: checkpoint.name, caption: null, checkpoint, ...place(index) }));
  });
  const known = new Set(nodes.map(({ id }) => id));
  const edges = checkpoints.flatMap(({ id, parent }) => {
    const taught = taughtBy.get(id);
    return [parent, scoredBy.get(id), taught && judgmentsId(taught)].flatMap((from): LineageEdge[] =>
      typeof from === 'string' && known.has(from) ? [{ from, to: id }] : [],
    );
  });
  return { columns, nodes, edges, rows: Math.max(0, ...nodes.map((node) => node.row + 1)) };
}

function judgmentsId({ hash }: TaughtBy): string {
  return `judgments ${hash}`;
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
