import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JudgeResult, LabelItem } from '#shared/api/labeling.ts';
import { fairCoinProbability } from '#shared/exact-interval.ts';
import { openStore } from '#store/store.ts';
import { type BackendProcess, startBackend } from '../support/backend-process.ts';
import { writeDemoFolder } from '../support/demo-folder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const heavy = process.env.PLUMBLINE_HEAVY === '1';
const annotators = 20;
const each = heavy ? 200 : 40;
const kills = 5;

interface Acknowledged {
  person: string;
  assignment: string;
  judgment: string;
  /** Whether the preferred response stood on the left. */
  left: boolean;
}

/**
 * Twenty people judge at once over HTTP while the backend is killed five times. Each sends a judgment, with its key, until it is answered. A pair is
 * for one person, a fifth of them for two.
 */
test(`${annotators} annotators at once, ${each} judgments each, ${kills} kills: what was acknowledged is there once`, {
  timeout: 1_800_000,
}, async () => {
  const folder = temporaryFolder();
  const pairs = annotators * each;
  const environment = { PLUMBLINE_TOKEN: 'token', PLUMBLINE_DEMO: writeDemoFolder(join(folder, 'demo'), { pairs, simulated: 0 }) };
  let backend: BackendProcess = await startBackend(folder, ['--port', '0'], environment);
  const port = backend.said.listening?.port ?? 0;
  const origin = `http://127.0.0.1:${port}`;
  const cookieOf = async (query: string) =>
    (await fetch(`${origin}/?${query}`, { redirect: 'manual' })).headers.get('set-cookie')?.split(';')[0] ?? '';

  /** Answers once the backend does, however often it dies meanwhile. */
  async function call<Answer>(cookie: string, path: string, input: object): Promise<Answer> {
    for (;;) {
      try {
        const response = await fetch(`${origin}/rpc/${path}`, {
          method: 'POST',
          body: JSON.stringify(input),
          headers: { 'content-type': 'application/json', cookie },
        });
        const body = (await response.json()) as { result?: { data: Answer }; error?: { message: string } };
        if (!body.result) throw new Error(`${path}: ${body.error?.message}`);
        return body.result.data;
      } catch (error) {
        // A refusal is final; a backend that is away comes back.
        if (error instanceof Error && error.message.startsWith(path)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  const owner = await cookieOf('token=token');
  const people: { personId: string; cookie: string }[] = [];
  for (let index = 0; index < annotators; index++) {
    const { personId, token } = await call<{ personId: string; token: string }>(owner, 'team.invite', { name: `Person ${index}` });
    people.push({ personId, cookie: await cookieOf(`invite=${token}`) });
  }

  const acknowledged: Acknowledged[] = [];
  const given = new Map<string, string>();
  let killed = 0;

  async function work({ personId, cookie }: { personId: string; cookie: string }, index: number): Promise<void> {
    for (let turn = 0; turn < each; turn++) {
      const { items } = await call<{ items: LabelItem[] }>(cookie, 'labeling.queue', { count: 1 });
      const item = items[0];
      if (!item) throw new Error(`nothing was left for person ${index} after ${turn}`);
      const holder = given.get(item.assignmentId);
      if (holder !== undefined && holder !== personId) throw new Error('an assignment was handed to two people');
      given.set(item.assignmentId, personId);
      const slots = item.responses.map(({ slot }) => slot);
      const chosen = (index + turn) % 3 === 0 ? 1 : 0;
      const { judgmentId } = await call<JudgeResult>(cookie, 'labeling.judge', {
        assignmentId: item.assignmentId,
        idempotencyKey: `person-${index}-turn-${turn}`,
        ranking: [[chosen], [1 - chosen]],
        strength: 1,
        times: { shown: turn, firstKey: null, decided: turn + 5000 },
      });
      acknowledged.push({ person: personId, assignment: item.assignmentId, judgment: judgmentId, left: slots[0] === chosen });
      // Whoever crosses a sixth of the work kills the backend; a host would start it again, and so does this.
      const due = Math.floor((acknowledged.length * (kills + 1)) / (annotators * each));
      if (due > killed && killed < kills) {
        killed += 1;
        await backend.kill();
        backend = await startBackend(folder, ['--port', String(port)], environment);
      }
    }
  }
  await Promise.all(people.map(work));
  await backend.kill();

  expect(killed).toBe(kills);
  const store = openStore(join(folder, 'data', 'Front desk.plumbline'));
  try {
    const stored = people.flatMap(({ personId }) => {
      const states = store.assignments.states(personId, 'labeling');
      expect(states.judged).toBe(each);
      return acknowledged.filter(({ person }) => person === personId);
    });
    expect(stored).toHaveLength(annotators * each);
    expect(new Set(stored.map(({ judgment }) => judgment)).size).toBe(annotators * each);
    for (const { assignment, person, judgment } of acknowledged) {
      const row = store.assignments.get(assignment)!;
      expect(row.personId).toBe(person);
      expect(store.judgments.get(row.latest!)!.id).toBe(judgment);
    }
    expect(store.judgments.countsByKind().person).toBe(annotators * each);
    expect(store.verdicts.newestJudgment()).toBe(annotators * each);
    // Nobody was given a pair twice, and no pair went to more people than it was for.
    for (let seq = 1; seq <= pairs; seq++) {
      const demand = store.demand.get(seq)!;
      expect(demand.given).toBeLessThanOrEqual(demand.wanted);
    }
  } finally {
    store.close();
  }
  // Sides are a fair coin: a probability below 1e-6 would be seen once in a million runs of this test.
  const left = acknowledged.filter((row) => row.left).length;
  expect(fairCoinProbability(left, acknowledged.length)).toBeGreaterThan(1e-6);
});
