/**
 * Tries the backend named by PLUMBLINE_BACKEND in this process and prints one JSON line: `{words, gpu}` or `{reason}`. A driver that crashes takes this process
 * alone, which is why the doctor does not ask in its own.
 */
import { sentenceOf } from '#shared/errors.ts';
import { openBackend } from './backends/open.ts';

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
console.log = console.info = console.warn = console.error;

try {
  const backend = await openBackend();
  say({ words: backend.words, gpu: backend.gpu ?? false });
  await backend.close();
} catch (error) {
  say({ reason: sentenceOf(error) });
}
