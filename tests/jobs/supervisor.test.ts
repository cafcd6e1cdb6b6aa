import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createSupervisor, type SupervisorOptions } from '#jobs/supervisor.ts';
import type { Job } from '#shared/jobs.ts';

/** Engines that misbehave: small programs in the engine's place, each a fault that a real one can have. */
const folder = mkdtempSync(join(tmpdir(), 'plumbline-jobs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
function rogue(program: string, grace = 150, options: SupervisorOptions = {}) {
  const entry = join(folder, `rogue-${count++}.mjs`);
  writeFileSync(entry, program);
  return createSupervisor({ entry, grace, ...options });
}
const job: Job = { kind: 'score', rewardModel: '/nowhere', pairsFile: '/nowhere' };
const ignoresEverything = `process.on('SIGTERM', () => {}); process.stdin.resume(); setInterval(() => {}, 1000);`;
const started = `console.log(JSON.stringify({ event: 'started', backend: 'none', parameters: 1, totalSteps: 9, resumedAt: 0 }));`;
const stopped = (step: number) => `console.log(JSON.stringify({ event: 'stopped', step: ${step} }));`;
/** A grace period that no test waits for. */
const never = 10 * 60_000;
const done = `console.log(JSON.stringify({ event: 'done', checkpoint: null, metrics: {}, reward: null }));`;

test('an engine that prints something else is ended, and the sentence quotes the line and the last words of its log', async () => {
  const supervisor = rogue(`console.error('about to go wrong'); console.log('Hello from a library'); setInterval(() => {}, 1000);`);
  const outcome = await supervisor.submit({ id: 'a', job, onEvent: () => {} });
  expect(outcome).toMatchObject({ kind: 'interrupted' });
  expect(outcome.kind === 'interrupted' && outcome.sentence).toMatch(/"Hello from a library".*about to go wrong/);
});

test('an engine that dies interrupts its job with the exit code and the log', async () => {
  const log: string[] = [];
  const supervisor = rogue(`console.error('heap is full'); process.exit(134);`);
  const outcome = await supervisor.submit({ id: 'a', job, onEvent: () => {}, onLog: (line) => log.push(line) });
  expect(outcome.kind === 'interrupted' && outcome.sentence).toMatch(/exit code 134.*heap is full/);
  expect(log).toEqual(['heap is full']);
});

test('an engine that used up its memory is said to have done that, not to have been ended by a signal', async () => {
  const small = { environment: () => ({ NODE_OPTIONS: '--max-old-space-size=24' }) };
  const supervisor = rogue('const all = []; for (;;) all.push(new Array(1e6).fill(all));', 150, small);
  const outcome = await supervisor.submit({ id: 'a', job, onEvent: () => {} });
  expect(outcome.kind === 'interrupted' && outcome.sentence).toMatch(
    /^The training process ran out of memory and was ended\. What it had saved is kept/,
  );
});

test('an engine that cannot be found is a sentence, not a crash', async () => {
  const outcome = await createSupervisor({ entry: join(folder, 'absent.mjs') }).submit({ id: 'a', job, onEvent: () => {} });
  expect(outcome.kind).toBe('interrupted');
});

test('an engine that neither stops nor heeds SIGTERM is killed after the grace period, which is what was asked for and no accident', async () => {
  const supervisor = rogue(ignoresEverything + started);
  const begun = Promise.withResolvers<void>();
  const ended = supervisor.submit({ id: 'a', job, onEvent: () => begun.resolve() });
  await begun.promise;
  expect(supervisor.stop('a')).toBe(true);
  // It would never end by itself, nor by SIGTERM.
  expect(await ended).toEqual({ kind: 'stopped', step: null });
});

test('an engine that still loads is ended at once by a stop, whatever the grace period', async () => {
  const supervisor = rogue(`${ignoresEverything} console.error('loading');`, never);
  const loading = Promise.withResolvers<string>();
  const ended = supervisor.submit({ id: 'a', job, onEvent: () => {}, onLog: loading.resolve });
  await loading.promise;
  supervisor.stop('a');
  expect(await ended).toEqual({ kind: 'stopped', step: null });
});

test('an import that still loads may remove what it wrote', async () => {
  const supervisor = rogue(
    `process.on('SIGTERM', () => { console.error('tidied up'); ${stopped(0)} process.exit(0); }); setInterval(() => {}, 1000); console.error('writing');`,
    never,
  );
  const log: string[] = [];
  const writing = Promise.withResolvers<void>();
  const hear = (line: string) => {
    log.push(line);
    writing.resolve();
  };
  const bring: Job = { kind: 'import', source: '/nowhere', outFolder: '/nowhere', checkpointKind: 'base', name: null };
  const ended = supervisor.submit({ id: 'a', job: bring, onEvent: () => {}, onLog: hear });
  await writing.promise;
  supervisor.stop('a');
  expect(await ended).toEqual({ kind: 'stopped', step: null });
  expect(log).toEqual(['writing', 'tidied up']);
});

test('an engine that crashes while it is being stopped has crashed', async () => {
  const supervisor = rogue(
    `process.stdin.on('data', (text) => { if (String(text).includes('stop')) process.exit(134); }); ${started}`,
    never,
  );
  const begun = Promise.withResolvers<void>();
  const ended = supervisor.submit({ id: 'a', job, onEvent: () => begun.resolve() });
  await begun.promise;
  supervisor.stop('a');
  expect(await ended).toMatchObject({ kind: 'interrupted', sentence: expect.stringMatching(/exit code 134/) });
});

test('an engine that says done and stays is made to leave', async () => {
  const outcome = await rogue(done + ignoresEverything).submit({ id: 'a', job, onEvent: () => {} });
  expect(outcome.kind).toBe('done');
});

test('jobs run one at a time, in order; a queued one can be taken out', async () => {
  const supervisor = rogue(`setTimeout(() => { ${done} process.exit(0); }, 100);`);
  const order: string[] = [];
  const submit = (id: string) =>
    supervisor
      .submit({ id, job, onStart: () => order.push(`start ${id}`), onEvent: () => {} })
      .then((outcome) => order.push(`${outcome.kind} ${id}`));
  const all = ['a', 'b', 'c'].map(submit);
  expect(supervisor.state('a')).toBe('running');
  expect(supervisor.state('b')).toBe('queued');
  expect(supervisor.stop('b')).toBe(true);
  await Promise.all(all);
  expect(order).toEqual(['start a', 'stopped b', 'done a', 'start c', 'done c']);
});

test('a job that is stopped the moment it was given does not begin', async () => {
  const supervisor = rogue(done);
  const ended = supervisor.submit({ id: 'a', job, onEvent: () => {} });
  supervisor.stop('a');
  expect(await ended).toEqual({ kind: 'stopped', step: null });
});

test('a job can be stopped while it is still found out what it is to run on', async () => {
  const supervisor = rogue(done, never, { environment: () => new Promise(() => {}) });
  const ended = supervisor.submit({ id: 'a', job, onEvent: () => {} });
  expect(supervisor.state('a')).toBe('running');
  expect(supervisor.pid('a')).toBeNull();
  supervisor.stop('a');
  expect(await ended).toEqual({ kind: 'stopped', step: null });
});

test('an event that cannot be stored ends the job with the reason', async () => {
  const outcome = await rogue(`${done}`).submit({
    id: 'a',
    job,
    onEvent: () => {
      throw new Error('disk full');
    },
  });
  expect(outcome.kind === 'interrupted' && outcome.sentence).toContain('disk full');
});

test('closing stops the running job, drops the queued ones and takes no more', async () => {
  const supervisor = rogue(
    `process.stdin.on('data', (text) => { if (String(text).includes('stop')) { ${stopped(7)} process.exit(0); } }); ${started}`,
    never,
  );
  const begun = Promise.withResolvers<void>();
  const first = supervisor.submit({ id: 'a', job, onEvent: () => begun.resolve() });
  await begun.promise;
  const second = supervisor.submit({ id: 'b', job, onEvent: () => {} });
  await supervisor.close();
  expect(await first).toEqual({ kind: 'stopped', step: 7 });
  expect(await second).toEqual({ kind: 'stopped', step: null });
  expect(await supervisor.submit({ id: 'c', job, onEvent: () => {} })).toEqual({ kind: 'stopped', step: null });
});
