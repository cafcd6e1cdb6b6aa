import type { Span } from '#shared/diff.ts';
import { type HastNode, hasClass } from './hast-node.ts';

/**
 * A rehype plugin that wraps ranges of the Markdown source in `<mark>`, wherever they end up: in a paragraph, a list, a table, code, or HTML that stays text.
 * What cannot be marked word by word is marked whole if any of it is: a text whose source cannot be told exactly (an escape, an entity), a formula, a picture.
 */
export function rehypeMarks({ source, spans }: { source: string; spans: readonly Span[] }) {
  return (tree: HastNode) => {
    if (spans.length > 0) walk(tree, tree.position);
  };

  function walk(node: HastNode, position: HastNode['position']): void {
    if (!node.children) return;
    node.children = node.children.flatMap((child) => {
      const at = child.position ?? position;
      if (child.type === 'text' || child.type === 'raw') return marked(child, at);
      if (isOnePiece(child)) return touched(at) ? [mark([child])] : [child];
      walk(child, at);
      return [child];
    });
  }

  function touched(position: HastNode['position']): boolean {
    const from = position?.start.offset ?? 0;
    const to = position?.end.offset ?? 0;
    return spans.some((span) => span.start < to && span.end > from);
  }

  function marked(text: HastNode, position: HastNode['position']): HastNode[] {
    const value = text.value ?? '';
    const from = position?.start.offset;
    const to = position?.end.offset;
    if (from === undefined || to === undefined || value.trim() === '') return [text];
    const at = to - from === value.length ? from : source.indexOf(value, from);
    if (at < 0 || at + value.length > to) return touched(position) ? [mark([textNode(value)])] : [text];
    const pieces: HastNode[] = [];
    let done = 0;
    for (const span of spans) {
      const start = Math.max(span.start - at, done);
      const end = Math.min(span.end - at, value.length);
      if (end <= start) continue;
      if (start > done) pieces.push(textNode(value.slice(done, start)));
      pieces.push(mark([textNode(value.slice(start, end))]));
      done = end;
    }
    if (done < value.length) pieces.push(textNode(value.slice(done)));
    return pieces;
  }
}

/** A formula (alone in its lines it is a `pre`) or a picture. */
function isOnePiece(node: HastNode): boolean {
  const [only] = node.tagName === 'pre' ? (node.children ?? []) : [node];
  return node.tagName === 'img' || (only !== undefined && hasClass(only, 'language-math'));
}

const textNode = (value: string): HastNode => ({ type: 'text', value });
const mark = (children: HastNode[]): HastNode => ({ type: 'element', tagName: 'mark', properties: {}, children });
