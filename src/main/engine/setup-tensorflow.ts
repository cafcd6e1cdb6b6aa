/**
 * `node setup-tensorflow.ts cpu|cuda`: sets libtensorflow up and says how it goes in JSON lines: `{words, done}` again and again, at last `{folder}` or `{reason}`.
 * A process of its own, so that the backend stays free and can end it.
 */
import { sentenceOf } from '#shared/errors.ts';
import { setUpTensorflow } from './backends/tensorflow/setup/index.ts';

process.on('SIGTERM', () => process.exit(143)); // so that what it started ends with it
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const variant = process.argv[2] === 'cuda' ? 'cuda' : 'cpu';
  say({ folder: await setUpTensorflow({ variant, from: null, onProgress: (words, done) => say({ words, done }) }) });
} catch (error) {
  say({ reason: sentenceOf(error) });
}
