// One side of one row, ours, in a process of its own: `node side.ts ROW BACKEND THREADS` prints what it measured as JSON.
import { type BackendName, openBackend } from '#engine/backends/open.ts';
import { measure } from './measure.ts';
import { rows } from './rows.ts';

const [name, backendName, threads] = process.argv.slice(2);
const row = rows.find((row) => row.name === name);
if (!row) throw new Error(`There is no row ${name}.`);
const backend = await openBackend({ name: backendName as BackendName, threads: Number(threads) });
console.log(JSON.stringify(await measure(row)));
await backend.close();
