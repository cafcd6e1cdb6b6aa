import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { CheckpointView } from '#shared/api/compare.ts';
import { ancestry, type Lineage, type LineageKind } from './lineage.ts';
import classes from './models.module.css';

const titles: Record<LineageKind, string> = { base: 'Base', sft: 'SFT', judgments: 'Judgments', reward: 'Reward model', policy: 'Policy' };
const rowHeight = 46;
const nodeWidth = 172;
/** Room under the column titles. */
const top = 28;

interface LineagePictureProps {
  lineage: Lineage;
  /** The checkpoint whose path is drawn heavy. */
  chosen: string;
  onChoose: (id: string) => void;
  /** A second line under a node's name. */
  caption: (checkpoint: CheckpointView) => string;
}

/** What stands on what: circles are language models, squares judgments, triangles reward models; the heavy line is what the chosen one stands on. */
export function LineagePicture({ lineage, chosen, onChoose, caption }: LineagePictureProps) {
  const { ref, width } = useElementSize();
  const spread = lineage.columns.length > 1 ? Math.min(340, (Math.max(width, 600) - nodeWidth) / (lineage.columns.length - 1)) : 0;
  const heavy = ancestry(chosen, lineage.edges);
  const place = new Map(
    lineage.nodes.map((node) => [node.id, { x: node.column * spread, y: top + node.row * rowHeight + 14, column: node.column }]),
  );
  const edges = lineage.edges
    .map((edge) => ({ ...edge, heavy: heavy.has(edge.from) && heavy.has(edge.to) }))
    // Heavy lines lie over light ones.
    .sort((one, two) => Number(one.heavy) - Number(two.heavy));
  return (
    <div ref={ref} className={classes.lineage} style={{ height: top + lineage.rows * rowHeight }}>
      <svg className={classes.edges} width="100%" height="100%" aria-hidden="true">
        {edges.map((edge) => {
          const from = place.get(edge.from)!;
          const to = place.get(edge.to)!;
          return <path key={`${edge.from} ${edge.to}`} data-heavy={edge.heavy || undefined} d={edgePath(from, to)} />;
        })}
      </svg>
      {lineage.columns.map((kind, column) => (
        <span key={kind} className={classes.columnTitle} style={{ left: column * spread }}>
          {titles[kind]}
        </span>
      ))}
      {lineage.nodes.map(({ id, name, kind, checkpoint, caption: words }) => {
        const { x, y } = place.get(id)!;
        const style = { left: x, top: y - 14, maxWidth: nodeWidth };
        const inside = (
          <>
            <Sign kind={kind} chosen={id === chosen} />
            <span className={classes.nodeWords}>
              <span className={classes.nodeName}>{name}</span>
              <span className={classes.nodeCaption}>{checkpoint ? caption(checkpoint) : words}</span>
            </span>
          </>
        );
        return checkpoint ? (
          <button
            key={id}
            type="button"
            className={classes.node}
            data-heavy={heavy.has(id) || undefined}
            aria-pressed={id === chosen}
            style={style}
            onClick={() => onChoose(id)}
          >
            {inside}
          </button>
        ) : (
          <div key={id} className={classes.node} data-heavy={heavy.has(id) || undefined} data-judgments style={style}>
            {inside}
          </div>
        );
      })}
    </div>
  );
}

const signs: Record<LineageKind, ReactNode> = {
  base: <circle cx="9" cy="9" r="5" />,
  sft: <circle cx="9" cy="9" r="5" />,
  policy: <circle cx="9" cy="9" r="5" />,
  judgments: <path d="M4.5 4.5h9v9h-9z" />,
  reward: <path d="M4 4.5h10L9 14z" />,
};

function Sign({ kind, chosen }: { kind: LineageKind; chosen: boolean }) {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" className={classes.nodeSign}>
      {signs[kind]}
      {chosen && <circle cx="9" cy="9" r="8" className={classes.ring} />}
    </svg>
  );
}

/** From behind a node's words to before another's sign: straight, then a rounded step at the end. Within one column it goes down the left side. */
function edgePath(from: { x: number; y: number; column: number }, to: { x: number; y: number; column: number }): string {
  if (from.column === to.column) return `M${from.x + 9} ${from.y + 9}V${to.y - 9}`;
  const start = from.x + nodeWidth - 12;
  const end = to.x - 4;
  if (from.y === to.y) return `M${start} ${from.y}H${end}`;
  // Lines from different columns turn at different places, so that they can be told apart.
  const turn = end - 14 - 10 * (to.column - from.column);
  const down = Math.sign(to.y - from.y);
  return `M${start} ${from.y}H${turn - 6}q6 0 6 ${6 * down}V${to.y - 6 * down}q0 ${6 * down} 6 ${6 * down}H${end}`;
}
