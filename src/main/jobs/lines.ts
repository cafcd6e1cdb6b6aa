import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is not one of ours; an engine that writes one is broken. */
export const longestLine = 16 * 1024 * 1024;

/** Feeds whole lines of a byte stream to `onLine`, whatever the chunks; the last line counts even without its newline. */
export function lineReader(onLine: (line: string) => void): { write(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
    if (rest.length > longestLine) {
      onLine(rest);
      rest = '';
    }
  };
  return {
    write: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (rest.trim() !== '') onLine(rest);
      rest = '';
    },
  };
}
