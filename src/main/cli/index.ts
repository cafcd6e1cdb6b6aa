import { main } from './main.ts';

/** A second Ctrl-C ends at once. npm and the terminal both pass the first one on, so copies of it within a second are the same press. */
const samePress = 1000;

const controller = new AbortController();
let firstAt = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!controller.signal.aborted) {
      firstAt = Date.now();
      controller.abort();
    } else if (Date.now() - firstAt > samePress) process.exit(130);
  });
}
// `plumbline … | head` closes our output early; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

const code = await main(process.argv.slice(2), process, controller.signal);
process.stdout.write('', () => process.exit(code));
