/** The engine process: one job, then it ends (`#shared/jobs.ts` is its protocol). Standard output carries events and nothing else. */
import { openChannel } from './process/channel.ts';
import { serveJob } from './process/serve-job.ts';

// Libraries that greet on standard output would break the protocol; their words go to the log.
console.log = console.info = console.debug = console.error;

const channel = openChannel(process.stdin, process.stdout);
const { failed, backend } = await serveJob(channel);
await channel.flush();
// A GPU that still works while its library is taken down now and then takes the process with it. What hangs is left behind.
await Promise.race([backend?.close().catch(console.error), new Promise((patience) => setTimeout(patience, 2000))]);
process.exit(failed ? 1 : 0);
