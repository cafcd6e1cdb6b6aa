import { describe, expect, test } from 'vitest';
import { interruptible, TookTooLong } from '#engine/interruptible.ts';
import { ruleOf, wordCount } from '#engine/rewards/rules.ts';
import { needsRewardModel, partNames, type RulePart, rewardParts } from '#shared/training/rewards.ts';

/** A rule as the edge reads it. */
function rule(part: Record<string, unknown>) {
  return ruleOf(rewardParts.parse([part])[0] as RulePart);
}
const said = (text: string, tokens = 0) => ({ text, tokens });

describe('length', () => {
  test('is 1 at its target and falls evenly to 0 at nothing and at twice it', () => {
    const pays = rule({ kind: 'length', target: 4 });
    expect(['', 'a', 'a b', 'a b c', 'a b c d', 'a b c d e', 'a b c d e f g h'].map((text) => pays(said(text)))).toEqual([
      0, 0.25, 0.5, 0.75, 1, 0.75, 0,
    ]);
  });

  test('is 1 up to its maximum', () => {
    const pays = rule({ kind: 'length', unit: 'tokens', max: 10 });
    expect([0, 10, 15, 20, 200].map((tokens) => pays(said('one two', tokens)))).toEqual([1, 1, 0.5, 0, 0]);
  });

  test('counts words by white space', () => {
    expect(wordCount('  Two\ttowels,\n please. ')).toBe(3);
  });
});

test('a pattern is paid for matching, or for not matching, every answer by itself', () => {
  const match = rule({ kind: 'regex', pattern: 'ROOM \\d+', flags: 'i' });
  const avoid = rule({ kind: 'regex', pattern: 'sorry', must: 'not_match' });
  const answers = ['Room 12 is ready.', 'room 7', 'Sorry.', 'I am sorry.'].map((text) => said(text));
  expect(answers.map(match)).toEqual([1, 1, 0, 0]);
  expect(answers.map(avoid)).toEqual([1, 1, 1, 0]);
});

test('JSON is paid for when the whole answer satisfies its schema', () => {
  const schema = { type: 'object', properties: { room: { type: 'integer', minimum: 1 } }, required: ['room'], additionalProperties: false };
  const pays = rule({ kind: 'json', schema });
  const answers = ['{"room": 3}', ' {"room":3}\n', '{"room":0}', '{"room":3,"x":1}', '{"room":3', 'room 3', 'null'];
  expect(answers.map((text) => pays(said(text)))).toEqual([1, 1, 0, 0, 0, 0, 0]);
});

test('a pattern that would take longer than the world lasts is ended', () => {
  const hangs = rule({ kind: 'regex', pattern: '^(a+)+$' });
  expect(() => interruptible(200, () => hangs(said(`${'a'.repeat(60)}b`)))).toThrow(TookTooLong);
  expect(interruptible(200, () => hangs(said('aaa')))).toBe(1);
  // other errors pass through as they are
  const broken = new TypeError('broken');
  expect(() =>
    interruptible(200, () => {
      throw broken;
    }),
  ).toThrow(broken);
});

describe('the setting', () => {
  test('is the reward model alone by default, and needs one only where it is named', () => {
    expect(rewardParts.parse(undefined)).toEqual([{ kind: 'model', weight: 1, caution: 0 }]);
    expect(needsRewardModel({ rewards: rewardParts.parse(undefined) })).toBe(true);
    expect(needsRewardModel({ rewards: rewardParts.parse([{ kind: 'length', max: 9 }]) })).toBe(false);
  });

  test('names its parts by kind, or as a person names them', () => {
    const parts = rewardParts.parse([
      { kind: 'model' },
      { kind: 'length', max: 9 },
      { kind: 'length', name: 'near-forty', target: 40, weight: -0.5 },
    ]);
    expect(partNames(parts)).toEqual(['model', 'length', 'near-forty']);
  });

  test.each([
    ['no part', []],
    [
      'two of a name',
      [
        { kind: 'length', max: 3 },
        { kind: 'length', max: 4 },
      ],
    ],
    ['a name that no metric can have', [{ kind: 'length', max: 3, name: 'A/B' }]],
    ['a length with target and maximum', [{ kind: 'length', max: 3, target: 2 }]],
    ['a length with neither', [{ kind: 'length' }]],
    ['a pattern that does not compile', [{ kind: 'regex', pattern: '(' }]],
    ['a pattern with memory of where it was', [{ kind: 'regex', pattern: 'a', flags: 'g' }]],
    ['a schema that cannot be checked', [{ kind: 'json', schema: { type: 'nothing' } }]],
    [
      'two reward models',
      [
        { kind: 'model', name: 'a' },
        { kind: 'model', name: 'b' },
      ],
    ],
    ['an unknown kind', [{ kind: 'taste' }]],
  ])('refuses %s', (_, parts) => {
    expect(rewardParts.safeParse(parts).success).toBe(false);
  });
});
