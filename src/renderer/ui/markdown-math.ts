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
