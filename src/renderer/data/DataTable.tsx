import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useRows } from '../ui/use-rows.ts';
import type { Column } from './columns.tsx';
import classes from './DataTable.module.css';

interface DataTableProps<R> {
  label: string;
  columns: Column<R>[];
  rows: R[];
  keyOf: (row: R) => string;
  /** What an opened row holds below its cells. */
  detail?: ((row: R) => ReactNode) | undefined;
  /** Called when the last row comes into view. */
  onEnd?: () => void;
}

/** Rows of one line each, only those in view in the document; Space or a click opens one in full. */
export function DataTable<R>({ label, columns, rows, keyOf, detail, onEnd }: DataTableProps<R>) {
  const scroll = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (index: number) => {
    const key = rows[index] && keyOf(rows[index]);
    if (key === undefined) return;
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };
  const { chosen, choose } = useRows(rows.length, toggle);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => 33, overscan: 12 });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - 1 && rows.length > 0) onEnd?.();
  }, [last, rows.length, onEnd]);
  useEffect(() => {
    if (chosen >= 0) virtual.scrollToIndex(chosen);
  }, [chosen, virtual]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section ref={scroll} className={classes.scroll} aria-label={label} tabIndex={0}>
      <table className={classes.table} aria-rowcount={rows.length}>
        <thead className={classes.block}>
          <tr className={classes.head}>
            {columns.map((column) => (
              <Cell key={column.title} column={column} heading>
                {column.title}
              </Cell>
            ))}
          </tr>
        </thead>
        <tbody className={classes.block} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <tr
                key={keyOf(row)}
                ref={virtual.measureElement}
                data-index={item.index}
                data-row={item.index}
                data-chosen={chosen === item.index || undefined}
                data-open={open.has(keyOf(row)) || undefined}
                className={classes.row}
                style={{ transform: `translateY(${item.start}px)` }}
                onClick={({ target }) => {
                  if (target instanceof Element && target.closest('[data-detail]')) return;
                  choose(item.index);
                  // A person who selects text to copy it does not mean to close the row.
                  if (window.getSelection()?.isCollapsed !== false) toggle(item.index);
                }}
              >
                {columns.map((column) => (
                  <Cell key={column.title} column={column}>
                    {column.cell(row)}
                  </Cell>
                ))}
                {detail && open.has(keyOf(row)) && (
                  <td className={classes.detail} colSpan={columns.length} data-detail>
                    {detail(row)}
                  </td>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Cell<R>({ column, heading = false, children }: { column: Column<R>; heading?: boolean; children: ReactNode }) {
  const Tag = heading ? 'th' : 'td';
  return (
    <Tag
      dir="auto"
      className={`${classes.cell} ${column.numeric ? classes.numeric : ''}`}
      style={column.width === undefined ? { flex: `${column.grow ?? 1} 1 0` } : { flex: `0 0 ${column.width}px` }}
    >
      {children}
    </Tag>
  );
}
