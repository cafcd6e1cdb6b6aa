import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JudgeResult, LabelItem } from '#shared/api/labeling.ts';
import { openStore } from '#store/store.ts';
import { startBackend } from '../support/backend-process.ts';
import { writeDemoFolder } from '../support/demo-folder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const kills = 200;

/** Every judgment is followed by SIGKILL as soon as it is acknowledged; the host starts the backend again with the same token, port and cookie. */
test(`no judgment is lost when the backend is killed right after each of ${kills}`, { timeout: 1_800_000 }, async () => {
  const folder = temporaryFolder();
  const environment = {
    PLUMBLINE_TOKEN: 'token',
    PLUMBLINE_DEMO: writeDemoFolder(join(folder, 'demo'), { pairs: kills + 5, simulated: 0 }),
  };
  let port = 0;
  let cookie = '';
  const call = async <Answer>(path: string, input: object): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/rpc/${path}`, {
      method: 'POST',
      body: JSON.stringify(input),
      headers: { 'content-type': 'application/json', cookie },
    });
    expect(response.status).toBe(200);
    return ((await response.json()) as { result: { data: Answer } }).result.data;
  };

  const expected: { id: string; ranking: number[][] }[] = [];
  for (let turn = 0; turn < kills; turn++) {
    const backend = await startBackend(folder, ['--port', String(port)], environment);
    port = backend.said.listening?.port ?? 0;
    if (cookie === '') {
      const entered = await fetch(backend.said.listening?.url ?? '', { redirect: 'manual' });
      cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    }
    const { items } = await call<{ items: LabelItem[] }>('labeling.queue', { count: 1 });
    const ranking = turn % 3 === 0 ? [[0, 1]] : turn % 3 === 1 ? [[0], [1]] : [[1], [0]];
    const { judgmentId, progress } = await call<JudgeResult>('labeling.judge', {
      assignmentId: items[0]?.assignmentId,
      idempotencyKey: `keypress-${turn}`,
      ranking,
      strength: 1,
      times: { shown: turn, firstKey: turn, decided: turn },
    });
    await backend.kill();
    expected.push({ id: judgmentId, ranking });
    expect(progress.done).toBe(turn + 1);
  }

  const store = openStore(join(folder, 'data', 'Front desk.plumbline'));
  const counted = store.judgments.counted();
  store.close();
  expect(counted.map(({ id, ranking }) => ({ id, ranking }))).toEqual(expected);
  expect(new Set(counted.map(({ comparisonId }) => comparisonId)).size).toBe(kills);
});
