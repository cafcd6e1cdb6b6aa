/**
 * `npm run bench:engine -- [--peer PYTHON] [--rows NAME,…] [--rounds 3] [--threads N] [--json]`: how fast the engine is on this machine, beside torch, transformers,
 * peft and TRL in the same minutes where PYTHON has them. Each side of a row runs in a process of its own, the two by turns, `rounds` times; figures are medians of all
 * runs. A machine that does other work meanwhile distorts both sides.
 */
import { execFile } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { defaultThreads } from '#engine/backends/wasm/open.ts';
import { sentenceOf } from '#shared/errors.ts';
import { type Measured, median } from '../tests/bench/engine/measure.ts';
import { type Row, rows } from '../tests/bench/engine/rows.ts';
import { say } from './lib/say.ts';

const usage = `Usage: npm run bench:engine -- [--peer PYTHON] [--rows NAME,…] [--backend wasm] [--rounds 3] [--threads N] [--json]

Rows: ${rows.map(({ name }) => name).join(', ')}
Example: npm run bench:engine -- --peer ~/venv/bin/python --json`;

const { values } = parseArgs({
  options: {
    peer: { type: 'string' },
    rows: { type: 'string' },
    backend: { type: 'string', default: 'wasm' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(defaultThreads()) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const chosen = rows.filter(({ name }) => !values.rows || values.rows.split(',').includes(name));
if (values.help || chosen.length === 0) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
const folder = join(import.meta.dirname, '../tests/bench/engine');
const run = promisify(execFile);

/** Runs one side; a side that fails says so and has no figure. */
async function side(command: string, args: string[]): Promise<Measured | null> {
  try {
    const { stdout } = await run(command, args, { maxBuffer: 1 << 24 });
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    say(`${[command, ...args].join(' ')} failed: ${stderr?.trim().split('\n').at(-1) ?? sentenceOf(error)}`);
    return null;
  }
}

const ours = ({ name }: Row) => side(process.execPath, [join(folder, 'side.ts'), name, values.backend, values.threads]);
const peers = ({ name, runs }: Row) =>
  values.peer ? side(values.peer, [join(folder, 'peer.py'), name, String(runs), values.threads]) : Promise.resolve(null);

/** Medians over all runs of all rounds, and the largest peak. */
function summed(all: (Measured | null)[]): { figure: number; cpu: number; peakBytes: number } | null {
  const done = all.filter((one) => one !== null);
  if (done.length === 0) return null;
  return {
    figure: median(done.flatMap(({ figures }) => figures)),
    cpu: median(done.flatMap(({ cpu }) => cpu)),
    peakBytes: Math.max(...done.map(({ peakBytes }) => peakBytes)),
  };
}

/** A finished row. `peer` is null without one. */
interface Result extends Pick<Row, 'name' | 'unit' | 'better'> {
  ours: number | null;
  peer: number | null;
  peerName: string | null;
  /** CPU milliseconds of a run, all threads together. */
  oursCpuMs: number | null;
  peerCpuMs: number | null;
  oursPeakBytes: number | null;
  peerPeakBytes: number | null;
}

const results: Result[] = [];
for (const row of chosen) {
  const sides = { ours: [] as (Measured | null)[], peer: [] as (Measured | null)[] };
  for (let round = 0; round < Number(values.rounds); round++) {
    sides.ours.push(await ours(row));
    sides.peer.push(await peers(row));
  }
  const [own, peer] = [summed(sides.ours), summed(sides.peer)];
  const { name, unit, better } = row;
  results.push({
    ...{ name, ours: own?.figure ?? null, peer: peer?.figure ?? null, unit, better },
    ...{ peerName: peer && row.peer, oursCpuMs: own?.cpu ?? null, peerCpuMs: peer?.cpu ?? null },
    ...{ oursPeakBytes: own?.peakBytes ?? null, peerPeakBytes: peer?.peakBytes ?? null },
  });
  say(lineOf(results.at(-1)!));
}

/** "train-step-small  41.2 ms  beside torch 40.1 ms" */
function lineOf({ name, ours, peer, unit, peerName, ...more }: Result): string {
  const figure = (value: number | null, cpu: number | null, bytes: number | null) =>
    value === null ? 'no figure' : `${value.toFixed(1)} ${unit} (${cpu?.toFixed(1)} ms of CPU, ${Math.round((bytes ?? 0) / 2 ** 20)} MB)`;
  return `${name.padEnd(18)} ${figure(ours, more.oursCpuMs, more.oursPeakBytes)}${peerName ? `  beside ${peerName}: ${figure(peer, more.peerCpuMs, more.peerPeakBytes)}` : ''}`;
}

const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  threads: Number(values.threads),
  memoryBytes: totalmem(),
  node: process.version,
  backend: values.backend,
  loadAverage: loadavg()[0],
};
if (!values.peer) say('No peer: name a Python that has torch, transformers, peft and trl==1.12.0 with --peer to see both sides.');
if (values.json) console.log(JSON.stringify({ machine, rows: results }, null, 2));
else say(`${machine.cores} × ${machine.cpu}, ${machine.threads} threads, Node ${machine.node}, load ${machine.loadAverage?.toFixed(1)}`);
process.exitCode = results.every(({ ours }) => ours !== null) ? 0 : 1;
