/**
 * `npm run setup:libtensorflow [-- --cuda] [-- --from FOLDER_OF_WHEELS]`: brings TensorFlow for the `tensorflow` backend. Says what it fetches and under which
 * licenses first; nothing else in Plumbline ever fetches it.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { announcement, setUpTensorflow } from '#engine/backends/tensorflow/setup/index.ts';
import { PlainError } from '#shared/errors.ts';

const { values } = parseArgs({ options: { cuda: { type: 'boolean', default: false }, from: { type: 'string' } } });
const variant = values.cuda ? 'cuda' : 'cpu';
const from = values.from === undefined ? null : resolve(values.from);

console.log(`${announcement(variant)}${from === null ? '' : `, taken from ${from}`}.`);
let said = '';
try {
  const folder = await setUpTensorflow({
    variant,
    from,
    onProgress(words, done) {
      const line = `${words} · ${Math.round(done * 100)} %`;
      if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
      else if (words !== said) console.log(words);
      said = words;
    },
  });
  if (process.stdout.isTTY) process.stdout.write('\n');
  console.log(`TensorFlow is set up in ${folder}. Choose it in Settings, or set PLUMBLINE_BACKEND=tensorflow.`);
} catch (error) {
  if (!(error instanceof PlainError)) throw error;
  console.error(`\n${error.message}`);
  process.exit(1);
}
