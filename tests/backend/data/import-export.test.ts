import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createData } from '#backend/data/index.ts';
import { verdictsOf } from '#backend/data/policy.ts';
import type { DataApi } from '#shared/api/data.ts';
import { createStore, type Store } from '#store/store.ts';

let folder: string;
let store: Store;
let data: DataApi;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-data-'));
  store = createStore(join(folder, 'test'));
  data = createData({ store, uploadsFolder: join(folder, 'uploads') });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

let uploads = 0;
function upload(name: string, content: string | Uint8Array): string {
  const id = `upload${uploads++}`;
  mkdirSync(join(folder, 'uploads', id), { recursive: true });
  writeFileSync(join(folder, 'uploads', id, name), content);
  return id;
}
const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const defaults = { map: {}, duplicates: 'skip', judgedBy: 'person', judgeName: 'Imported' } as const;

const preference = (prompt: string) => ({ prompt, chosen: `good ${prompt}`, rejected: `bad ${prompt}` });

describe('import', () => {
  it('accounts for every row: accepted, rejected with line and reason, duplicates', async () => {
    const content = `${lines(preference('a'), preference('b'), preference('a'))}\n{"prompt":"c"}\n{"prompt": "d\n`;
    const result = await data.import({ ...defaults, file: upload('x.jsonl', content), format: 'trl' });
    expect(result).toMatchObject({ rows: 5, accepted: 2, duplicates: 1 });
    expect(result.rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [4, '"chosen" is missing'],
      [5, 'the line ends inside a string'],
    ]);
    expect(store.judgments.countsByKind()).toEqual({ person: 2, simulated: 0, model: 0 });
    expect(data.list({ table: 'imports', search: '', after: null, limit: 10 }, null).rows[0]).toMatchObject({
      rows: 5,
      accepted: 2,
      rejected: 2,
      duplicates: 1,
    });
  });

  it('a vote that contradicts an earlier one is listed with its line; the same pair twice is told from one that was here before', async () => {
    const said = (chosen: string, rejected: string) => ({ prompt: 'p', chosen, rejected });
    const rows = lines(said('a', 'b'), said('b', 'a'), said('a', 'b'), preference('q'), { ...preference('q') });
    const result = await data.import({ ...defaults, file: upload('x.jsonl', rows), format: 'trl' });
    expect(result).toMatchObject({ rows: 5, accepted: 2, duplicates: 2, repeated: 2 });
    expect(result.rejected).toEqual([{ line: 2, reason: 'the same pair stands on line 1 with another choice', text: 'p' }]);
    const again = await data.import({ ...defaults, file: upload('x.jsonl', lines(said('b', 'a'), preference('q'))), format: 'trl' });
    expect(again).toMatchObject({ accepted: 0, duplicates: 1, repeated: 0 });
    expect(again.rejected).toMatchObject([{ line: 1, reason: expect.stringMatching(/^Imported chose otherwise before/) }]);
    const [newest] = data.list({ table: 'imports', search: '', after: null, limit: 10 }, null).rows;
    expect(newest).toMatchObject({ rows: 2, accepted: 0, rejected: 1, duplicates: 1 });
  });

  it('another person’s votes on pairs that are here are kept as theirs, and where two differ one more is asked', async () => {
    const votes = (better: number[]) =>
      lines(...better.map((preference, index) => ({ prompt: `p${index}`, response_1: 'a', response_2: 'b', preference })));
    await data.import({
      ...defaults,
      file: upload('pairs.jsonl', lines({ prompt: 'p0', response_1: 'a', response_2: 'b' })),
      format: 'pairs',
    });
    const ada = await data.import({ ...defaults, judgeName: 'Ada', file: upload('ada.jsonl', votes([1, 1, 2])), format: 'pairs' });
    expect(ada).toMatchObject({ accepted: 3, duplicates: 0 });
    const bea = await data.import({ ...defaults, judgeName: 'Bea', file: upload('bea.jsonl', votes([2, 1, 2])), format: 'pairs' });
    expect(bea).toMatchObject({ accepted: 3, duplicates: 0, rejected: [] });
    expect(store.judgments.countsByKind().person).toBe(6);
    expect(store.comparisons.count()).toBe(3);
    // Only the first pair was to be judged by people; the others came with their judgment.
    expect(store.demand.disputes()).toEqual({ open: 0, undecided: 1, adjudicated: 0 });
    const twice = await data.import({ ...defaults, judgeName: 'Bea', file: upload('bea.jsonl', votes([2, 1, 2])), format: 'pairs' });
    expect(twice).toMatchObject({ accepted: 0, duplicates: 3, repeated: 0, rejected: [] });
  });

  it('writes nothing when a later byte is not UTF-8', async () => {
    const content = Buffer.concat([Buffer.from(`${lines(preference('a'))}\n`), Buffer.from([0xff, 0x0a])]);
    await expect(data.import({ ...defaults, file: upload('x.jsonl', content), format: 'trl' })).rejects.toThrow(/not UTF-8/);
    expect(store.prompts.all()).toEqual([]);
    expect(store.imports.count()).toBe(0);
  });

  it('says why a file has no row that can be read, before asking for its format', async () => {
    const unread = (name: string, content: string) => data.inspect({ file: upload(name, content), format: null, map: {} });
    await expect(unread('x.jsonl', '{"prompt":"a","chosen":"b"')).rejects.toThrow('line 1: the line ends before its JSON does');
    await expect(unread('x.csv', 'prompt,answer\n')).rejects.toThrow('below its header stands nothing');
  });

  it('refuses a file without one row to import, with the first reason', async () => {
    await expect(data.import({ ...defaults, file: upload('x.jsonl', '{"prompt": "cut'), format: 'trl' })).rejects.toThrow(
      /no row that can be imported. Line 1: the line ends inside a string.*nothing was imported/,
    );
    await expect(data.import({ ...defaults, file: upload('y.jsonl', ''), format: 'trl' })).rejects.toThrow(/y\.jsonl is empty/);
  });

  it('puts near-duplicates of a prompt on the same side of the split', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => [
      { prompt: `Question number ${'abcdefghij'[index % 10]}${'klmnop'[index % 6]}?` },
      { prompt: `question NUMBER ${'abcdefghij'[index % 10]}${'klmnop'[index % 6]}` },
    ]).flat();
    await data.import({ ...defaults, file: upload('p.jsonl', lines(...rows)), format: 'prompts' });
    const bySide = new Map<string, Set<string>>();
    for (const prompt of store.prompts.all()) {
      const sides = bySide.get(prompt.family) ?? new Set();
      bySide.set(prompt.family, sides.add(prompt.split));
    }
    expect(bySide.size).toBeLessThan(store.prompts.all().length);
    expect([...bySide.values()].every((sides) => sides.size === 1)).toBe(true);
    expect(store.prompts.counts().held_out).toBeGreaterThan(0);
  });

  it('keeps a model’s preferences apart and leaves the pairs to people', async () => {
    const rows = [{ prompt: 'p', response_1: 'x', response_2: 'y', preference: 1.0 }];
    await data.import({ ...defaults, file: upload('ai.jsonl', lines(...rows)), format: 'pairs', judgedBy: 'model', judgeName: 'GPT-4' });
    expect(store.judgments.countsByKind()).toEqual({ person: 0, simulated: 0, model: 1 });
    expect(store.comparisons.queuedCount('labeling', 0)).toBe(1);
  });

  it('reads a table by its header and the person’s mapping', async () => {
    const file = upload('t.csv', 'frage,gut,schlecht\n"warum?","weil, ja",nein\n');
    const inspection = await data.inspect({ file, format: null, map: { prompt: 'frage', chosen: 'gut', rejected: 'schlecht' } });
    expect(inspection).toMatchObject({ format: 'csv', columns: ['frage', 'gut', 'schlecht'], rowCount: 1, acceptedCount: 1 });
    const result = await data.import({ ...defaults, file, format: 'csv', map: inspection.map });
    expect(result.accepted).toBe(1);
  });

  it('does not take a path for an upload', async () => {
    await expect(data.inspect({ file: '../../etc', format: null, map: {} })).rejects.toThrow(/no longer here/);
  });
});

describe('export', () => {
  it.each([
    ['trl', lines({ prompt: 'p', chosen: 'a', rejected: 'b' }, { prompt: 'q "ü"\n', chosen: '', rejected: 'd' })],
    [
      'trl_conversational',
      lines({
        prompt: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'u' },
        ],
        chosen: [{ role: 'assistant', content: 'a' }],
        rejected: [{ role: 'assistant', content: 'b' }],
      }),
    ],
    [
      'prompts',
      lines(
        { prompt: 'p' },
        {
          messages: [
            { role: 'user', content: 'a' },
            { role: 'assistant', content: 'b' },
            { role: 'user', content: 'c' },
          ],
        },
      ),
    ],
  ] as const)('%s comes back as it went in', async (format, content) => {
    await data.import({ ...defaults, file: upload('in.jsonl', content), format });
    const path = join(folder, 'out.jsonl');
    const result = data.export(path, { format, ties: 'drop', split: 'all', includeSimulated: false });
    expect(readFileSync(path, 'utf8')).toBe(`${content}\n`);
    expect(result.rows).toBe(content.split('\n').length);
  });

  it('previews what it drops and refuses ties when they are forbidden', async () => {
    const rows = [
      { prompt: 'p', response_1: 'x', response_2: 'y', preference: 'tie' },
      { prompt: 'q', response_1: 'x', response_2: 'y', preference: 2 },
    ];
    await data.import({ ...defaults, file: upload('in.jsonl', lines(...rows)), format: 'pairs' });
    const options = { format: 'trl', split: 'all', includeSimulated: false } as const;
    expect(data.previewExport({ ...options, ties: 'drop' })).toMatchObject({ rows: 1, dropped: { ties: 1 } });
    expect(data.previewExport({ ...options, ties: 'half' })).toMatchObject({ rows: 3, dropped: { ties: 0 } });
    expect(() => data.export(join(folder, 'no.jsonl'), { ...options, ties: 'error' })).toThrow(/there are some \(1\)/);
    expect(readdirSync(folder).filter((name) => name.startsWith('no'))).toEqual([]);
  });

  it('takes a ranking of more than two apart into its pairs', async () => {
    const completions = [3, 9, 9, 1].map((overall_score, place) => ({ model: `m${place}`, response: `answer ${place}`, overall_score }));
    const file = upload('uf.jsonl', lines({ source: 'sharegpt', instruction: 'p', completions }));
    const result = await data.import({ ...defaults, file, format: 'ultrafeedback' });
    expect(result).toMatchObject({ accepted: 1, rejected: [] });
    const options = { format: 'trl', split: 'all', includeSimulated: false } as const;
    expect(data.previewExport({ ...options, ties: 'half' })).toMatchObject({ rows: 7, dropped: { ties: 0 } });
    const path = join(folder, 'out.jsonl');
    expect(data.export(path, { ...options, ties: 'drop' })).toMatchObject({ rows: 5, dropped: { ties: 1 } });
    const pairs = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { chosen: string; rejected: string });
    expect(pairs.map(({ chosen, rejected }) => `${chosen.at(-1)}>${rejected.at(-1)}`).sort()).toEqual(['0>3', '1>0', '1>3', '2>0', '2>3']);
    const [shown] = data.list({ table: 'judgments', search: '', after: null, limit: 10 }, null).rows as { choice: string }[];
    // In the letters of the order shown, best first, its tie in it.
    expect(shown?.choice).toMatch(/^[A-D] = [A-D] > [A-D] > [A-D]$/);
  });

  it('lets the majority decide', () => {
    const judged = (better: 0 | 1 | 'tie' | 'both_bad', ...times: number[]) =>
      times.flatMap((id) => ({ comparisonId: String(id), slots: [0, 1] as const, better }));
    const { verdicts, dropped } = verdictsOf(
      [...judged(0, 1, 1, 2), ...judged(1, 1, 2, 3), ...judged('tie', 4), ...judged('both_bad', 5)],
      'drop',
    );
    expect(verdicts).toEqual([
      { comparisonId: '1', chosen: 0, rejected: 1 },
      { comparisonId: '3', chosen: 1, rejected: 0 },
    ]);
    expect(dropped).toEqual({ ties: 1, bothBad: 1, disagreement: 1 });
  });
});

it('imports the real AI feedback: 6,434 rows, each accounted for', async ({ skip }) => {
  const path = join(import.meta.dirname, '../../../../shared/data/ai-feedback-pairs.jsonl.gz');
  if (!existsSync(path)) skip('../shared/data is not here');
  const file = upload('ai-feedback-pairs.jsonl', gunzipSync(readFileSync(path)));
  const result = await data.import({ ...defaults, file, format: 'pairs', judgedBy: 'model', judgeName: 'GPT-4' });
  expect(result.rows).toBe(6434);
  expect(result.accepted + result.rejected.length + result.duplicates).toBe(6434);
  // Its one contradiction: the same two answers, with the other one preferred.
  expect(result.rejected).toMatchObject([{ line: 6290, reason: 'the same pair stands on line 3,879 with another choice' }]);
  expect(store.judgments.countsByKind()).toMatchObject({ person: 0, model: result.accepted });
});
