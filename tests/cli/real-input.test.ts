import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary.ts';
import { startCli } from './run-cli.ts';

const feedback = fileURLToPath(new URL('../../../shared/data/ai-feedback-pairs.jsonl.gz', import.meta.url));
const demo = fileURLToPath(new URL('../../resources/demo', import.meta.url));

/** Real answers are long: 500 rows take minutes on two cores, so `npm test` trains on 40 and `npm run test:heavy` on all 500. */
const rows = process.env.PLUMBLINE_HEAVY ? 500 : 40;

test(`a reward model trains on ${rows} rows of real AI feedback to the end with the demo model, and says how good it is`, async (context) => {
  if (!existsSync(feedback)) return context.skip('shared/data/ai-feedback-pairs.jsonl.gz is not beside this repository');
  const folder = temporaryFolder();
  const file = join(folder, 'pairs.jsonl');
  writeFileSync(file, gunzipSync(readFileSync(feedback)));
  const project = join(folder, 'real.plumbline');
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await startCli([...args, '--json'], { data: join(folder, 'data'), demo }).ended;
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  await json('project', 'create', project, '--demo');
  const imported = await json('data', 'import', file, '--project', project, '--judged-by', 'model', '--judge', 'GPT-4');
  expect(imported.rows).toBe(6434);
  expect(imported.accepted + imported.duplicates + imported.rejected.length).toBe(6434);
  const run = await json('train', 'reward', '--project', project, '--judgments-by', 'model', '--limit', String(rows), '--set', 'epochs=1');
  expect(run).toMatchObject({ checkpoint: expect.any(String), simulated: true, data: { judgmentsBy: ['model'] } });
  expect(run.report.pairs + run.report.droppedTooLong).toBeGreaterThanOrEqual(rows);
  expect(run.report.untied).toBeGreaterThan(0);
}, 900_000);
