import { expect, test } from 'vitest';
import { lineReader } from '#jobs/lines.ts';

function read(...chunks: Buffer[]): string[] {
  const lines: string[] = [];
  const reader = lineReader((line) => lines.push(line));
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
  return lines;
}

test('lines come whole, however the bytes are cut', () => {
  const bytes = Buffer.from('{"a":"é"}\n\n{"b":"日本"}\nlast');
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(['{"a":"é"}', '{"b":"日本"}', 'last']);
  }
});
