import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PromptLine, SimulatedLine } from '#demo/annotator.ts';
import { deskPromptOf, simulate } from '#demo/annotator.ts';
import { Random } from '#engine/nn/random.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { judge } from '#shared/front-desk/index.ts';

const demo = resolve(import.meta.dirname, '../../resources/demo');
const read = (name: string): string => readFileSync(join(demo, name), 'utf8');
const rows = <Row>(name: string): Row[] =>
  read(name)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
const prompts = rows<PromptLine>('prompts.jsonl');
const byId = new Map(prompts.map((line) => [line.id, line]));
const simulated = rows<SimulatedLine>('simulated.jsonl');

describe('the demo project as it is shipped', () => {
  it('is what demo:train wrote, file by file', () => {
    const { sha256 } = JSON.parse(read('manifest.json')) as { sha256: Record<string, string> };
    for (const [name, hash] of Object.entries(sha256)) {
      expect(
        createHash('sha256')
          .update(readFileSync(join(demo, name)))
          .digest('hex'),
        name,
      ).toBe(hash);
    }
    expect(Object.keys(sha256)).toContain('model/model.safetensors');
    expect(statSync(join(demo, 'model/model.safetensors')).size).toBeLessThan(4_000_000);
  });

  it('has thousands of requests, none of them in both splits, and every word of the train ones is a single token', () => {
    const texts = prompts.map(({ prompt }) => prompt[0]?.content ?? '');
    expect(new Set(texts).size).toBe(texts.length);
    expect(prompts.filter(({ split }) => split === 'train').length).toBeGreaterThan(2000);
    expect(prompts.filter(({ split }) => split === 'held_out').length).toBeGreaterThanOrEqual(400);
    const tokenizer = Tokenizer.load(join(demo, 'model'));
    const train = prompts.filter(({ split }) => split === 'train');
    const words = new Set(train.flatMap(({ prompt }) => prompt[0]?.content.match(/ [A-Za-z]+/g) ?? []));
    expect([...words].filter((word) => tokenizer.encode(word).length > 1)).toEqual([]);
  });

  it('has 60 pairs that wait, and 300 judgments marked as simulated over other requests, 45 of them wrong on purpose', () => {
    const waiting = rows<{ promptId: string; responses: { text: string }[] }>('comparisons.jsonl');
    expect(waiting).toHaveLength(60);
    for (const { responses } of waiting) expect(responses[0]?.text).not.toBe(responses[1]?.text);
    expect(simulated).toHaveLength(300);
    const judged = new Set(simulated.map(({ promptId }) => promptId));
    expect(waiting.filter(({ promptId }) => judged.has(promptId))).toEqual([]);
    const wrong = simulated.filter(({ promptId, responses, ranking }) => {
      const desk = deskPromptOf(byId.get(promptId) as PromptLine);
      const [first, second] = responses.map(({ text, terminated }) => judge(desk, text, terminated).gold);
      return (first ?? 0) > (second ?? 0) !== (ranking[0]?.[0] === 0);
    });
    expect(simulated.every((line) => line.simulated)).toBe(true);
    expect(wrong).toHaveLength(45);
  });

  it('can be judged again by another seed: the same order, other slips', () => {
    const again = (seed: number) => simulate(simulated, byId, 300, 0.15, Random.from(seed)).map(({ ranking }) => ranking[0]?.[0]);
    expect(again(1)).toEqual(again(1));
    expect(again(1)).not.toEqual(again(2));
  });
});
