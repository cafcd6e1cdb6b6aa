import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { wordDifference } from '#shared/diff.ts';
import type { Message } from '#shared/domain.ts';
import { ResponseText } from '../../../src/renderer/label/ResponseText.tsx';
import { textOf, turnsOf } from '../../../src/renderer/label/turns.ts';

const conversation = (...contents: string[]): Message[] =>
  contents.map((content, index) => ({ role: index % 2 === 0 ? 'assistant' : 'user', content }));
const html = (messages: Message[], marks?: { start: number; end: number }[]) =>
  renderToStaticMarkup(createElement(ResponseText, { messages, size: 16, ...(marks && { marks }) }));

describe('a response of several turns', () => {
  it('says who speaks in each, and a single answer says nothing more than itself', () => {
    const several = html(conversation('Two towels?', 'Yes, please.', 'They are on their way.'));
    expect(Array.from(several.matchAll(/>(Model|Person)</g), ([, speaker]) => speaker)).toEqual(['Model', 'Person', 'Model']);
    expect(html(conversation('Two towels.'))).not.toContain('Model');
    expect(html(conversation('', ' '))).toContain('This response is empty.');
  });

  it('marks the words that only it has, in the turn that they are in', () => {
    const a = conversation('Two **red** towels?', 'Yes.', 'On their way to room 7.');
    const b = conversation('Two **blue** towels?', 'Yes.', 'On their way to room 9.');
    const { onlyA } = wordDifference(textOf(a), textOf(b));
    const marked = turnsOf(a, onlyA).map(({ text, marks }) => marks.map(({ start, end }) => text.slice(start, end)));
    expect(marked).toEqual([['red'], [], ['7']]);
    expect(html(a, onlyA)).toMatch(/<mark>red<\/mark>[\s\S]*<mark>7<\/mark>/);
  });

  it('cuts a mark that goes over the end of a turn', () => {
    const a = conversation('One. Extra', 'more. Two.');
    const { onlyA } = wordDifference(textOf(a), 'One.\n\nTwo.');
    expect(turnsOf(a, onlyA).map(({ text, marks }) => marks.map(({ start, end }) => text.slice(start, end)).join('|'))).toEqual([
      'Extra',
      'more.',
    ]);
  });
});
