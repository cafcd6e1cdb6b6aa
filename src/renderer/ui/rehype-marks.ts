import type { Span } from '#shared/diff.ts';

/** The few parts of hast that marking needs; every node may know where in the Markdown it came from. */
interface Node {
  type: string;
  value?: string;
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
  position?: { start: { offset?: number }; end: { offset?: number } };
}

/**
 * A rehype plugin that wraps ranges of the Markdown source in `<mark>`, wherever they end up: in a paragraph, a list, a table or code.
 * A text whose source cannot be told exactly (an escape, an entity) is marked whole if any of it is.
 */
export function rehypeMarks({ source, spans }: { source: string; spans: readonly Span[] }) {
  return (tree: Node) => {
    if (spans.length > 0) walk(tree, tree.position);
  };

  function walk(node: Node, position: Node['position']): void {
    if (!node.children) return;
    node.children = node.children.flatMap((child) => {
      if (child.type !== 'text') {
        walk(child, child.position ?? position);
        return [child];
      }
      return marked(child, child.position ?? position);
    });
  }

  function marked(text: Node, position: Node['position']): Node[] {
    const value = text.value ?? '';
    const from = position?.start.offset;
    const to = position?.end.offset;
    if (from === undefined || to === undefined || value.trim() === '') return [text];
    const at = to - from === value.length ? from : source.indexOf(value, from);
    if (at < 0 || at + value.length > to) {
      return spans.some((span) => span.start < to && span.end > from) ? [mark(value)] : [text];
    }
    const pieces: Node[] = [];
    let done = 0;
    for (const span of spans) {
      const start = Math.max(span.start - at, done);
      const end = Math.min(span.end - at, value.length);
      if (end <= start) continue;
      if (start > done) pieces.push({ type: 'text', value: value.slice(done, start) });
      pieces.push(mark(value.slice(start, end)));
      done = end;
    }
    if (done < value.length) pieces.push({ type: 'text', value: value.slice(done) });
    return pieces;
  }
}

const mark = (value: string): Node => ({ type: 'element', tagName: 'mark', properties: {}, children: [{ type: 'text', value }] });
