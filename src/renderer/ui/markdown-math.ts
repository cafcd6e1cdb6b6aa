import { type HastNode, hasClass } from './hast-node.ts';

/**
 * Models write math as `\(…\)` and `\[…\]`; remark-math reads `$$…$$`. Both delimiters are two characters, so offsets into the text stay
 * true. Code is left alone. A single `$` stays a dollar sign: prices are far more frequent than math in what people ask models.
 */
export function withMathDelimiters(markdown: string): string {
  if (!markdown.includes('\\(') && !markdown.includes('\\[')) return markdown;
  return markdown
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/\\\(([\s\S]+?)\\\)|\\\[([\s\S]+?)\\\]/g, (_, a, b) => `$$${a ?? b}$$`)))
    .join('');
}

/** A rehype plugin: math that is all of its paragraph stands in the middle of a line of its own, as `\[…\]` and `$$…$$` mean it. Runs before KaTeX. */
export function rehypeDisplayMath() {
  return (tree: HastNode) => walk(tree);
}

function walk(node: HastNode): void {
  for (const child of node.children ?? []) {
    const [only, second] = child.children ?? [];
    if (child.tagName === 'p' && only && !second && hasClass(only, 'math-inline')) {
      only.properties = { ...only.properties, className: ['language-math', 'math-display'] };
    } else walk(child);
  }
}

/** A rehype plugin: a formula too wide for its column scrolls, and a keyboard reaches it. Runs after KaTeX. */
export function rehypeMathInReach() {
  return function reach(node: HastNode): void {
    for (const child of node.children ?? []) {
      if (hasClass(child, 'katex-display'))
        child.properties = { ...child.properties, tabIndex: 0, dataWide: '', role: 'group', ariaLabel: 'Formula' };
      else if (!hasClass(child, 'katex')) reach(child);
    }
  };
}
