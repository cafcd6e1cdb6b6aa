import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { byteLetters, trainBpe, wordPattern } from '#demo/bpe.ts';
import { specialTokens, tokenizerFiles } from '#demo/tokenizer-files.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';

const texts = ['low low low low lower lowest', 'newer newer newer wider new', 'Room 203 at 7:30, please. “Ünïcode” 🙂'];
const folders: string[] = [];

function load(size: number): Tokenizer {
  const folder = mkdtempSync(join(tmpdir(), 'bpe-'));
  folders.push(folder);
  for (const [name, json] of Object.entries(tokenizerFiles(trainBpe(texts, specialTokens, size))))
    writeFileSync(join(folder, name), JSON.stringify(json));
  return Tokenizer.load(folder);
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Merges by recounting every pair from scratch each time. */
function slowMerges(count: number): [string, string][] {
  const words = texts.flatMap((text) =>
    [...text.matchAll(new RegExp(wordPattern, 'gu'))].map(([word]) => [...Buffer.from(word)].map((byte) => byteLetters[byte] ?? '')),
  );
  const merges: [string, string][] = [];
  while (merges.length < count) {
    const counts = new Map<string, number>();
    for (const word of words)
      for (let i = 0; i + 1 < word.length; i++) counts.set(`${word[i]} ${word[i + 1]}`, (counts.get(`${word[i]} ${word[i + 1]}`) ?? 0) + 1);
    const best = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0];
    if (!best) break;
    const [left = '', right = ''] = best[0].split(' ');
    merges.push([left, right]);
    for (const word of words)
      for (let i = 0; i + 1 < word.length; i++) if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right);
  }
  return merges;
}

describe('byte-level BPE', () => {
  it('finds the merges that recounting finds', () => {
    const { merges } = trainBpe(texts, [], 256 + 40);
    expect(merges).toEqual(slowMerges(merges.length));
    expect(merges.length).toBeGreaterThan(35);
  });

  it('gives one token a word when the vocabulary is large enough, and any text back', () => {
    const tokenizer = load(5000);
    for (const word of ['low', ' lower', ' 7:30', ' 203']) expect(tokenizer.encode(word)).toHaveLength(1);
    for (const text of [...texts, 'täglich\n\t 1234567 <b>', '日本']) expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it('speaks the chat template, and stops at <|end|>', () => {
    const tokenizer = load(400);
    const text = tokenizer.promptText([
      { role: 'user', content: 'Hello.' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: 'Again.' },
    ]);
    expect(text).toBe('<|guest|>Hello.<|desk|>Yes.<|end|><|guest|>Again.<|desk|>');
    expect(tokenizer.stopIds).toEqual([3]);
    expect(tokenizer.padId).toBe(0);
    expect(tokenizer.prompt([{ role: 'user', content: 'low' }]).slice(-1)).toEqual([2]);
  });
});
