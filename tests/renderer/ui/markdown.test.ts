import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { wordDifference } from '#shared/diff.ts';
import { Markdown } from '../../../src/renderer/ui/Markdown.tsx';
import { withMathDelimiters } from '../../../src/renderer/ui/markdown-math.ts';

const html = (text: string, marks?: { start: number; end: number }[]) => renderToStaticMarkup(createElement(Markdown, { text, marks }));
const markedWords = (markup: string) => Array.from(markup.matchAll(/<mark>([\s\S]*?)<\/mark>/g), ([, words]) => words);

describe('Markdown', () => {
  it('runs nothing that a response brings, and fetches nothing', () => {
    const markup = html(
      '<script>alert(1)</script><img src=x onerror=alert(1)>\n\n![pixel](https://evil.example/p.png) [x](javascript:alert(1))',
    );
    expect(markup).not.toMatch(/<script|<img|<iframe|href="javascript/);
    expect(markup).toContain('image: pixel');
  });

  it('lets math do no more than HTML: no links, no pictures, no attributes, whatever its macros say', () => {
    const sneaky = [
      String.raw`\(\href{javascript:alert(1)}{x}\)`,
      String.raw`\(\includegraphics{https://evil.example/p.png}\)`,
      String.raw`\(\htmlStyle{position:fixed;inset:0}{x}\)`,
      String.raw`\(\htmlClass{mantine-Modal}{x}\) \(\htmlId{root}{x}\) \(\htmlData{assignment=1}{x}\)`,
      String.raw`\(\def\a{\a\a}\a\)`,
    ];
    for (const text of sneaky) {
      const markup = html(text);
      expect(markup, text).not.toMatch(
        /<img|<a |href=|src=|style="[^"]*position:\s*fixed|id="root"|class="[^"]*mantine-Modal|data-assignment/,
      );
      expect(markup, text).not.toMatch(/<script|onerror/);
    }
  });

  it('opens only addresses of the web and of mail', () => {
    for (const address of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java&#115;cript:alert(1)',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
    ])
      expect(html(`[x](${address}) <${address}>`), address).not.toMatch(/href="(?!")[^"]/);
    const markup = html(
      '[x](https://example.org/a) <b onclick="alert(1)">b</b> <iframe src="https://evil.example"></iframe> <style>*{display:none}</style>',
    );
    expect(markup).toContain('href="https://example.org/a"');
    expect(markup).toContain('rel="noreferrer noopener"');
    expect(markup).not.toMatch(/<b |<iframe|<style/);
  });

  it('keeps line breaks, reads tables, code and math, and leaves prices alone', () => {
    expect(html('a\nb')).toContain('a\nb');
    expect(html('| a | b |\n|---|---|\n| 1 | 2 |')).toContain('<td>1</td>');
    expect(html('It costs $5, not $10.')).toContain('$5, not $10.');
    expect(html('Then \\(x^2\\) grows.')).toContain('katex');
    expect(html('Use `\\(x\\)` in sed.')).toContain('\\(x\\)');
  });

  it('changes math delimiters without moving a character', () => {
    const text = 'a \\(x\\) `\\(` \\[y\\] b';
    expect(withMathDelimiters(text)).toBe('a $$x$$ `\\(` $$y$$ b');
    expect(withMathDelimiters(text)).toHaveLength(text.length);
  });

  it('marks exactly the words that only one side has, in paragraphs, lists, emphasis and code', () => {
    const a = 'Take the **red** pill.\n\n1. Open `door one`\n2. Go\n\n```sh\nssh user@a\nexit\n```';
    const b = 'Take the **blue** pill.\n\n1. Open `door two`\n2. Go\n\n```sh\nssh user@b\nexit\n```';
    const { onlyA, onlyB } = wordDifference(a, b);
    expect(markedWords(html(a, onlyA))).toEqual(['red', 'one', 'a']);
    expect(markedWords(html(b, onlyB))).toEqual(['blue', 'two', 'b']);
  });

  it('marks HTML that stays text word by word, and formulas and pictures whole', () => {
    const a = 'Use <b>bold</b> now.\n\n<div class="one">\n\nThe root \\(x^2\\), and\n\n\\[y^2\\]\n\n![a cat](cat.png)';
    const b = 'Use <i>bold</i> now.\n\n<div class="two">\n\nThe root \\(x^3\\), and\n\n\\[y^2\\]\n\n![a dog](cat.png)';
    const { onlyA, onlyB } = wordDifference(a, b);
    const [inA, inB] = [markedWords(html(a, onlyA)), markedWords(html(b, onlyB))];
    expect(inA.slice(0, 3)).toEqual(['b', 'b', 'one']);
    expect(inB.slice(0, 3)).toEqual(['i', 'i', 'two']);
    for (const marks of [inA, inB]) {
      expect(marks).toHaveLength(5);
      expect(marks[3]).toContain('katex');
      expect(marks[4]).toContain('image: a ');
    }
  });

  it('sets a formula that is all of its paragraph on a line of its own, where a keyboard reaches it', () => {
    for (const text of ['So:\n\n\\[x^2\\]', 'So:\n\n$$x^2$$', 'So:\n\n$$\nx^2\n$$']) {
      expect(html(text), text).toMatch(/class="katex-display"[^>]*tabindex="0"|tabindex="0"[^>]*class="katex-display"/);
    }
    expect(html('So \\(x^2\\) it is.')).not.toContain('katex-display');
  });

  it('lets lists, quotes and tables run the way of their first letter', () => {
    const direction = (text: string, tag: string) => new RegExp(`<${tag}[^>]* dir="(\\w+)"`).exec(html(text))?.[1];
    expect(direction('1. שלום\n2. world', 'ol')).toBe('rtl');
    expect(direction('- **مرحبا**\n- b', 'ul')).toBe('rtl');
    expect(direction('1. שלום\n\n2. עולם', 'ol')).toBe('rtl');
    expect(direction('> 12: שלום', 'blockquote')).toBe('rtl');
    expect(direction('> - שלום', 'blockquote')).toBe('rtl');
    expect(direction('| א | b |\n|---|---|\n| 1 | 2 |', 'div')).toBe('rtl');
    expect(direction('1. hello\n2. שלום', 'ol')).toBe('ltr');
    expect(direction('שלום', 'p')).toBe('auto');
    // An item has no direction of its own, or its number would leave the others' column.
    expect(direction('1. שלום\n2. world', 'li')).toBeUndefined();
  });

  it('makes room for the digits of a long list', () => {
    const digits = (text: string) => /--digits:(\d+)/.exec(html(text))?.[1];
    expect(digits('1. a\n2. b')).toBe('1');
    expect(digits(Array.from({ length: 100 }, (_, index) => `${index + 1}. item`).join('\n'))).toBe('3');
    expect(digits('99. a\n100. b')).toBe('3');
  });
});
