/**
 * `npm run check:peers -- PYTHON [--json]`: writes exports of every kind, loads each in PYTHON's transformers and PEFT, and compares logits with ours. PYTHON needs torch,
 * transformers, peft, and gguf. The models are the golden ones, and SmolLM2 where PLUMBLINE_MODELS has it. Not part of the tests: it needs Python.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { openBackend } from '#engine/backends/open.ts';
import { type PeerCase, writePeerCases } from '../tests/peers/cases.ts';

interface Compared {
  name: string;
  error?: string;
  difference?: number;
  largest?: number;
  sameToken?: number;
  tokenizer?: boolean;
}

/** Of the largest logit: float32 sums in another order differ by some 1e-6. */
const tolerance = 2e-5;

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean', default: false } }, allowPositionals: true });
const [python] = positionals;
if (!python) {
  console.error('Usage: npm run check:peers -- PYTHON [--json]     (PYTHON has torch, transformers, peft and gguf)');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'plumbline-peers-'));
try {
  const backend = await openBackend();
  const cases = await writePeerCases(folder);
  await backend.close();
  const rows = await compareIn(python, cases);
  const passes = rows.length === cases.length && rows.every(isEqual);
  if (values.json) console.log(JSON.stringify({ tolerance, passes, rows }));
  else for (const row of rows) console.log(words(row));
  if (!passes)
    console.error(`Not all exports are read as we read them (${rows.filter((row) => !isEqual(row)).length} of ${cases.length}).`);
  process.exitCode = passes ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function isEqual({ error, difference = 0, largest = 1, sameToken = 1, tokenizer = true }: Compared): boolean {
  return error === undefined && difference <= tolerance * Math.max(1, largest) && sameToken === 1 && tokenizer;
}

function words(row: Compared): string {
  const { name, error, difference = 0, largest = 0, tokenizer } = row;
  const mark = isEqual(row) ? 'equal ' : 'DIFFER';
  if (error !== undefined) return `${mark}  ${name.padEnd(28)}  ${error}`;
  const ids = tokenizer === undefined ? '' : tokenizer ? ', same token ids' : ', OTHER token ids';
  return `${mark}  ${name.padEnd(28)}  logits differ by at most ${difference.toExponential(1)} of ${largest.toFixed(1)}${ids}`;
}

async function compareIn(python: string, cases: readonly PeerCase[]): Promise<Compared[]> {
  const list = join(folder, 'cases.json');
  writeFileSync(list, JSON.stringify(cases));
  const child = spawn(python, [join(import.meta.dirname, '../tests/peers/check.py'), list], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' },
  });
  const rows: Compared[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    rows.push(JSON.parse(line) as Compared);
    process.stderr.write(`${rows.length} of ${cases.length}\r`);
  }
  return rows;
}
