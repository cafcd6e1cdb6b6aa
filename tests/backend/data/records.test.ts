import { isUtf8 } from 'node:buffer';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { firstInvalidByte } from '#backend/data/lines.ts';
import { containerOf, type FileRecord, recordsOf } from '#backend/data/records.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-records-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(name: string, content: string | Uint8Array): Promise<FileRecord[]> {
  const path = file(name, content);
  const rows: FileRecord[] = [];
  for await (const row of recordsOf(path, await containerOf(path, name))) rows.push(row);
  return rows;
}

describe('JSON lines', () => {
  it('reads LF, CRLF, a byte order mark, blank lines and a last line without an end, with true line numbers', async () => {
    const rows = await read('a.jsonl', '\uFEFF{"a":1}\r\n\r\n{"a":2}\n{"a":"ü → 漢"}');
    expect(rows.map((row) => row.line)).toEqual([1, 3, 4]);
    expect(rows.map((row) => ('fields' in row ? row.fields.a : null))).toEqual([1, 2, 'ü → 漢']);
  });

  it('reads a character that lies across two chunks of the file', async () => {
    const long = 'ü'.repeat(1 << 20);
    const rows = await read('long.jsonl', `{"a":"x${long}"}\n{"a":"${long}"}\n`);
    expect(rows.map((row) => ('fields' in row ? (row.fields.a as string).length : 0))).toEqual([long.length + 1, long.length]);
  });

  it('says why a broken line is none, and goes on', async () => {
    const rows = await read('b.jsonl', '{"a": "no end\n{"a": 1\n[1]\n{"a" 1}\n{"a":1}\n');
    expect(rows.map((row) => ('reason' in row ? row.reason : 'good'))).toEqual([
      'the line ends inside a string',
      expect.stringContaining('the line'),
      'the line is JSON, but not an object with keys',
      expect.stringContaining('not JSON'),
      'good',
    ]);
  });

  it('refuses bytes that are not UTF-8, naming the first', async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":1}\n{"a":"'), Buffer.from([0xe9, 0x22]), Buffer.from('}\n')]);
    await expect(read('latin.jsonl', bytes)).rejects.toThrow(/not UTF-8: byte 14 \(line 2\).*nothing was imported/);
  });

  it('refuses empty files, arrays and archives with what to do', async () => {
    await expect(read('empty.jsonl', '')).rejects.toThrow(/empty\.jsonl is empty/);
    await expect(read('blank.jsonl', ' \n\n')).rejects.toThrow(/only white space/);
    await expect(read('array.json', '[{"a":1}]')).rejects.toThrow(/one JSON array.*jq/);
    await expect(read('x.jsonl.gz', new Uint8Array([0x1f, 0x8b, 8, 0]))).rejects.toThrow(/Unpack it/);
  });
});

describe('tables', () => {
  it('reads quoted cells with line breaks and names rows whose cells do not fit the header', async () => {
    const rows = await read('t.csv', 'prompt,chosen,rejected\n"a ""b""\nc",x,y\nshort,x\n');
    expect(rows[0]).toMatchObject({ fields: { prompt: 'a "b"\nc', chosen: 'x', rejected: 'y' } });
    expect(rows[1]).toMatchObject({ reason: expect.stringContaining('fewer cells') });
  });

  it.each([
    ['in the first row', 'prompt\n"never closed\nanother\n', 2],
    ['in the header', 'prompt,"chosen\nx,y\n', 1],
    ['after whole rows, one over two lines, and a blank line', 'a,b\r\n1,"2\r\n2"\r\n\r\n3,"4\r\n5,6\r\n', 5],
  ])('names the row whose quote is never closed: %s', async (_, content, line) => {
    const sentence = `a quote opens in the row that begins in line ${line} and is never closed. Mend it and import it again; nothing was imported.`;
    await expect(read('q.csv', content)).rejects.toThrow(sentence);
  });

  it('goes by what stands between the cells of the header', async () => {
    const fields = [{ fields: { prompt: 'a, b', chosen: 'x; y', rejected: 'z' } }];
    expect(await read('semicolons.csv', 'prompt;chosen;rejected\na, b;"x; y";z\n')).toMatchObject(fields);
    expect(await read('tabs.csv', 'prompt\tchosen\trejected\na, b\tx; y\tz\n')).toMatchObject(fields);
    expect(await read('commas.csv', '\uFEFF\nprompt,chosen,"a;b;c;d"\n"a, b",x,y\n')).toMatchObject([{ fields: { prompt: 'a, b' } }]);
    expect(await read('one.csv', 'prompt\na; b\n')).toMatchObject([{ fields: { prompt: 'a; b' } }]);
    expect(await read('t.tsv', 'a;b;c\td\n1\t2\n')).toMatchObject([{ fields: { 'a;b;c': '1', d: '2' } }]);
  });
});

it('finds the first invalid byte as a slow scan does', () => {
  let state = 7;
  for (let round = 0; round < 300; round += 1) {
    const bytes = Uint8Array.from({ length: 12 }, () => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return (state >> 8) % 5 === 0 ? (state >> 16) & 0xff : 97;
    });
    let slow = 0;
    for (let length = 1; length <= bytes.length; length += 1) if (isUtf8(bytes.subarray(0, length))) slow = length;
    expect(firstInvalidByte(bytes)).toBe(slow);
  }
});
