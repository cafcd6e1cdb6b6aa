import { describe, expect, it } from 'vitest';
import { guessMap, readRow, recognize } from '#backend/data/formats/index.ts';
import type { ImportedRow } from '#backend/data/formats/row.ts';
import type { FieldMap, ImportFormat } from '#shared/api/data.ts';

function row(format: ImportFormat, fields: Record<string, unknown>, map: FieldMap = guessMap(Object.keys(fields))): ImportedRow {
  const reading = readRow(format, fields, map);
  if ('reason' in reading) throw new Error(reading.reason);
  return reading.row;
}

function reason(format: ImportFormat, fields: Record<string, unknown>): string {
  const reading = readRow(format, fields, guessMap(Object.keys(fields)));
  return 'reason' in reading ? reading.reason : 'accepted';
}

const answers = (imported: ImportedRow) => imported.responses.map((response) => response.messages.map((part) => part.content).join('|'));

describe('recognition', () => {
  it.each([
    ['prompts', { prompt: 'p' }],
    ['prompts', { messages: [{ role: 'user', content: 'p' }] }],
    ['pairs', { prompt: 'p', response_1: 'a', response_2: 'b', preference: 1 }],
    ['trl', { prompt: 'p', chosen: 'a', rejected: 'b' }],
    ['trl', { chosen: 'p a', rejected: 'p b' }],
    ['trl_conversational', { prompt: [], chosen: [], rejected: [] }],
    ['hh', { chosen: '\n\nHuman: p\n\nAssistant: a', rejected: '\n\nHuman: p\n\nAssistant: b' }],
    ['responses', { prompt: 'p', responses: ['a', 'b', 'c'] }],
    ['ultrafeedback', { source: 's', instruction: 'p', models: [], completions: [] }],
    [null, { foo: 1 }],
  ] as const)('%s', (format, first) => {
    expect(recognize('jsonl', [first])).toBe(format);
  });

  it('takes a file of preferences for one although rows, the first among them, lack a key', () => {
    const broken = { prompt: 'p', chosen: 'a' };
    expect(recognize('jsonl', [broken, { prompt: 'p', chosen: 'a', rejected: 'b' }])).toBe('trl');
    expect(recognize('jsonl', [broken])).toBe('trl');
    expect(
      recognize('jsonl', [
        { prompt: 'p', response_1: 'a' },
        { prompt: 'p', response_1: 'a', response_2: 'b' },
      ]),
    ).toBe('pairs');
    expect(reason('trl', broken)).toBe('"rejected" is missing');
  });
});

describe('pairs', () => {
  const base = { prompt: 'p', response_1: 'a', response_2: 'b' };
  it.each([
    [1, [[0], [1]]],
    ['2.0', [[1], [0]]],
    [0, [[0, 1]]],
    ['B', [[1], [0]]],
    ['tie', [[0, 1]]],
  ])('preference %j', (preference, ranking) => {
    expect(row('pairs', { ...base, preference }).preference?.ranking).toEqual(ranking);
  });

  it('takes a pair without a label, and an empty response, as they are', () => {
    expect(row('pairs', { ...base, response_2: '' }).preference).toBeNull();
    expect(answers(row('pairs', { ...base, response_2: '' }))).toEqual(['a', '']);
  });

  it('takes a conversation for a prompt, and messages for a response', () => {
    const prompt = [
      { role: 'system', content: 'Be patient.' },
      { role: 'user', content: 'How long?' },
    ];
    const imported = row('pairs', { ...base, prompt, response_1: [{ role: 'assistant', content: 'A day.' }] });
    expect(imported.prompt).toEqual(prompt);
    expect(answers(imported)).toEqual(['A day.', 'b']);
    expect(reason('pairs', { ...base, prompt: ['How long?'] })).toBe('"prompt" is not a list of messages with role and content');
  });

  it('says what is missing or unknown', () => {
    expect(reason('pairs', { response_1: 'a', response_2: 'b' })).toContain('no column');
    expect(reason('pairs', { ...base, prompt: ' ' })).toBe('"prompt" is empty');
    expect(reason('pairs', { ...base, preference: 7 })).toContain('known are 1, 2, 0');
    expect(reason('pairs', { ...base, prompt: 3 })).toBe('"prompt" is a number, not text');
  });
});

describe('more than two responses', () => {
  const four = ['a', 'b', 'c', 'd'];
  it('are taken as text, messages or objects, unranked unless something ranks them', () => {
    const responses = ['a', [{ role: 'assistant', content: 'b' }], { text: 'c', model: 'm' }, { response: 'd' }];
    const imported = row('responses', { prompt: 'p', responses });
    expect(answers(imported)).toEqual(four);
    expect(imported.responses.map(({ origin }) => origin)).toEqual([null, null, 'm', null]);
    expect(imported.preference).toBeNull();
  });

  it.each([
    [{ ranking: [2, 0, 3, 1] }, [[2], [0], [3], [1]]],
    [{ ranking: [[2], [0, 3], [1]] }, [[2], [0, 3], [1]]],
  ])('are ranked by %j', (more, ranking) => {
    expect(row('responses', { prompt: 'p', responses: four, ...more }).preference?.ranking).toEqual(ranking);
  });

  it('are ranked by UltraFeedback’s scores, equal ones tied; by its ratings where there is no score', () => {
    const completion = (response: string, more: object) => ({ model: `by ${response}`, response, ...more });
    const scored = [6, 8.5, 6, 1].map((overall_score, place) => completion(four[place] ?? '', { overall_score }));
    const imported = row('ultrafeedback', { source: 'evol', instruction: 'p', completions: scored });
    expect(imported).toMatchObject({ topic: 'evol', preference: { ranking: [[1], [0, 2], [3]] } });
    expect(imported.responses.map(({ origin }) => origin)).toEqual(['by a', 'by b', 'by c', 'by d']);
    const rated = [
      ['2', 'N/A'],
      ['5', '4'],
    ].map(([honesty, helpfulness], place) =>
      completion(four[place] ?? '', { annotations: { honesty: { Rating: honesty }, helpfulness: { Rating: helpfulness } } }),
    );
    expect(row('ultrafeedback', { instruction: 'p', completions: rated }).preference?.ranking).toEqual([[1], [0]]);
  });

  it('say what is missing, unknown or too many', () => {
    expect(reason('responses', { prompt: 'p', responses: ['a'] })).toBe('"responses" has 1 response; 2 to 6 can be ranked at once');
    expect(reason('responses', { prompt: 'p', responses: [...four, ...four] })).toContain('8 responses; 2 to 6');
    expect(reason('responses', { prompt: 'p', responses: ['a', 3] })).toBe('response 2 of "responses": "response" is a number, not text');
    expect(reason('responses', { prompt: 'p', responses: four, ranking: [0, 1, 2] })).toContain('names each of the 4 responses once');
    expect(reason('responses', { prompt: 'p', responses: four, ranking: [0, 1, 2, 2] })).toContain('names each of the 4');
    expect(reason('ultrafeedback', { instruction: 'p', completions: [{ response: 'a', overall_score: 3 }, { response: 'b' }] })).toBe(
      'response 2 of 2 has no score; score each of them, or none',
    );
    expect(reason('ultrafeedback', { instruction: 'p' })).toBe('"completions" is missing');
  });
});

describe('TRL', () => {
  it('takes the common beginning as the prompt where there is none, without cutting a word', () => {
    const imported = row('trl', { chosen: 'Why is it? Because so', rejected: 'Why is it? Beware' });
    expect(imported.prompt[0]?.content).toBe('Why is it? ');
    expect(answers(imported)).toEqual(['Because so', 'Beware']);
  });

  it('reads conversations with and without a prompt', () => {
    const ask = { role: 'user', content: 'p' };
    const say = (content: string) => ({ role: 'assistant', content });
    for (const fields of [
      { prompt: [ask], chosen: [say('a')], rejected: [say('b')] },
      { chosen: [ask, say('a')], rejected: [ask, say('b')] },
    ]) {
      const imported = row('trl_conversational', fields);
      expect(imported.prompt).toEqual([ask]);
      expect(answers(imported)).toEqual(['a', 'b']);
      expect(imported.preference?.ranking).toEqual([[0], [1]]);
    }
  });

  it('refuses what is not a conversation', () => {
    expect(reason('trl_conversational', { chosen: [{ role: 'alien', content: 'x' }], rejected: [] })).toContain('not a list of messages');
  });
});

describe('HH', () => {
  it('splits the shared turns from the two last answers', () => {
    const shared = '\n\nHuman: hello\n\nAssistant: hi\n\nHuman: why?';
    const imported = row('hh', { chosen: `${shared}\n\nAssistant: because`, rejected: `${shared}\n\nAssistant: no` });
    expect(imported.prompt.map((turn) => `${turn.role}: ${turn.content}`)).toEqual(['user: hello', 'assistant: hi', 'user: why?']);
    expect(answers(imported)).toEqual(['because', 'no']);
  });

  it('refuses transcripts that part earlier', () => {
    expect(reason('hh', { chosen: '\n\nHuman: a\n\nAssistant: x', rejected: '\n\nHuman: b\n\nAssistant: x' })).toContain('differ before');
    expect(reason('hh', { chosen: 'x', rejected: 'y' })).toContain('no "\\n\\nAssistant:"');
  });
});

it('reads a table by the columns that its mapping names', () => {
  expect(answers(row('csv', { q: 'p', good: 'a', bad: 'b' }, { prompt: 'q', chosen: 'good', rejected: 'bad' }))).toEqual(['a', 'b']);
  expect(
    row('csv', { q: 'p', x: 'a', y: 'b', w: 'B' }, { prompt: 'q', response_1: 'x', response_2: 'y', preference: 'w' }).preference?.ranking,
  ).toEqual([[1], [0]]);
  expect(row('csv', { q: 'p' }, { prompt: 'q' }).responses).toEqual([]);
});
