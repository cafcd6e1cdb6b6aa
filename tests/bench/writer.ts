const words =
  'the room was warm and a guest asked whether two more towels could be sent before nine so that nobody had to wait for them at all'.split(
    ' ',
  );

/** Made-up Markdown, the same at every call: paragraphs with bold words and code, lists, headings, tables, code blocks. @param seed not 0 */
export function writer(seed: number) {
  let state = seed;
  const draw = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const sentence = (length: number) => {
    const said = Array.from({ length }, () => words[draw(words.length)]!).join(' ');
    return `${said[0]!.toUpperCase()}${said.slice(1)}.`;
  };
  const paragraph = () => Array.from({ length: 4 }, () => sentence(12)).join(' ');
  const kinds: (() => string)[] = [
    paragraph,
    paragraph,
    () => `${sentence(9)} **${words[draw(words.length)]}** ${sentence(8)} \`row_${draw(100)}\` ${sentence(14)}`,
    () => `## ${sentence(4)}\n\n${paragraph()}`,
    () => Array.from({ length: 4 }, () => `- ${sentence(9)}`).join('\n'),
    () => Array.from({ length: 4 }, (_, index) => `${index + 1}. ${sentence(9)}`).join('\n'),
    () => `\`\`\`python\nfor row in range(${draw(100)}):\n    print(row, "${sentence(3)}")\n\`\`\``,
    () => `| item | price |\n|---|---|\n${Array.from({ length: 3 }, () => `| ${sentence(2)} | ${draw(90)} |`).join('\n')}`,
  ];
  // Texts are put together from these: writing 0.6 GB word by word would take longer than storing it.
  const blocks = Array.from({ length: 400 }, (_, index) => kinds[index % kinds.length]!());

  return {
    /** A whole number from 0 up to `below`. */
    draw,
    /** About `characters` long, cut at the end of a block. */
    text(characters: number): string {
      const parts = [sentence(12)];
      for (let length = parts[0]!.length; length < characters; length += parts.at(-1)!.length + 2) parts.push(blocks[draw(blocks.length)]!);
      return parts.join('\n\n');
    },
  };
}
