import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Markdown } from '../../../src/renderer/ui/Markdown.tsx';

const here = createRequire(import.meta.url);
const css = readFileSync(here.resolve('katex/dist/katex.min.css'), 'utf8');
const styled = new Set(Array.from(css.matchAll(/\.([a-z][\w-]*)/gi), ([, name]) => name));

const formulas = [
  String.raw`x^{2}_{i} + \frac{1}{2} + \sqrt[3]{y}`,
  String.raw`\left(\sum_{i=1}^{n} \int_0^1 \Big| x \Big|\right)`,
  String.raw`\begin{cases} a & b \\ c & d \end{cases} \begin{array}{c|c} 1 & 2 \\ \hline 3 & 4 \end{array}`,
  String.raw`\text{so} \; \mathbb{R} \mathbf{w} \mathcal{L} \mathfrak{g} \mathscr{A} \mathsf{s} \mathtt{t}`,
  String.raw`\overline{a} \underline{b} \hat{c} \vec{d} \widehat{ef} \overbrace{g+h}^{k} \underbrace{l}_{m}`,
  String.raw`\xrightarrow{f} \boxed{z} \cancel{q} \tag{1}`,
  String.raw`\tiny a \small b \large c \Huge d`,
  String.raw`\substack{a \\ b} \binom{n}{k} \pmod{p} \lim_{x \to 0}`,
];
/** Kinds of signs, and where a line may break: KaTeX's own style sheet says nothing of them. */
const unstyled = new Set(['mord', 'mtight', 'mbin', 'mopen', 'mclose', 'minner', 'mop', 'mrel', 'text', 'allowbreak']);

describe('the style of math', () => {
  it('is that of the KaTeX which writes it: every copy in the app is one', () => {
    const own = here.resolve('katex');
    for (const writer of ['rehype-katex', 'remark-math']) expect(createRequire(here.resolve(writer)).resolve('katex'), writer).toBe(own);
    expect(css).toContain(`"${(here('katex') as { version: string }).version}"`);
  });

  it('knows every class that a set of formulas uses', () => {
    const used = formulas.flatMap((formula) => {
      const markup = renderToStaticMarkup(createElement(Markdown, { text: `$$\n${formula}\n$$` }));
      expect(markup, formula).not.toContain('katex-error');
      return Array.from(markup.matchAll(/<span class="([^"]*)"/g), ([, names = '']) => names.split(' ')).flat();
    });
    expect([...new Set(used)].filter((name) => name !== '' && !styled.has(name) && !unstyled.has(name))).toEqual([]);
  });
});
