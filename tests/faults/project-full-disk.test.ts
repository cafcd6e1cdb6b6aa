import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '#backend/app.ts';
import { createProjectFolder } from '#backend/create-project.ts';
import { writeWhole } from '#backend/files.ts';
import { createLabeling } from '#backend/labeling/index.ts';
import { ownerOf } from '#backend/people.ts';
import { createHandler } from '#server/handler.ts';
import { judgeInput, queueInput } from '#shared/api/labeling.ts';
import { PlainError } from '#shared/errors.ts';
import { openStore } from '#store/store.ts';
import { writeDemoFolder } from '../support/demo-folder.ts';
import { fillDisk, smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('a judgment on a full disk is a sentence and not half there; once there is space it can be made', (context) => {
  const disk = smallDisk(context, 16 * 2 ** 20);
  const project = createProjectFolder(join(disk, 'mine'), writeDemoFolder(join(temporaryFolder(), 'demo'), { pairs: 200, simulated: 0 }));
  const store = openStore(project);
  const owner = ownerOf(store).id;
  const labeling = createLabeling({ store });
  const handedOut = labeling.queue(owner, queueInput.parse({ count: 20 })).items.map(({ assignmentId }) => assignmentId);
  let turn = 0;
  const judge = () =>
    labeling.judge(
      owner,
      judgeInput.parse({
        assignmentId: handedOut[turn],
        idempotencyKey: `keypress-${turn}`,
        ranking: [[0], [1]],
        rationale: 'because '.repeat(2000),
        times: { shown: 1, firstKey: null, decided: 2 },
      }),
    );
  fillDisk(disk, 200_000);
  let failed: unknown = null;
  while (failed === null && turn < handedOut.length) {
    try {
      judge();
      turn += 1;
    } catch (error) {
      failed = error;
    }
  }
  expect(failed).toBeInstanceOf(PlainError);
  expect(failed).toMatchObject({ code: 'no_space', message: expect.stringMatching(/is full.*free some space/) });
  expect(store.judgments.counted()).toHaveLength(turn);

  rmSync(join(disk, 'filler'));
  judge();
  expect(store.judgments.counted()).toHaveLength(turn + 1);
  store.close();
  const again = openStore(project);
  expect(again.judgments.counted()).toHaveLength(turn + 1);
  again.close();
});

test('a project that does not fit leaves nothing behind', (context) => {
  const disk = smallDisk(context, 2 * 2 ** 20);
  const demo = writeDemoFolder(join(temporaryFolder(), 'demo'), { pairs: 3000, simulated: 0 });
  expect(() => createProjectFolder(join(disk, 'mine'), demo)).toThrow(/full.*[Ff]ree some space/);
  expect(readdirSync(disk)).toEqual([]);
});

test('a file of ours is replaced whole or stays as it was', (context) => {
  const disk = smallDisk(context, 2 * 2 ** 20);
  const path = join(disk, 'recent.json');
  writeWhole(path, 'before');
  fillDisk(disk, 100_000);
  expect(() => writeWhole(path, 'x'.repeat(500_000))).toThrow(/full.*Free some space/);
  expect(readdirSync(disk).sort()).toEqual(['filler', 'recent.json']);
});

test('an upload that does not fit is refused with a sentence and leaves nothing', async (context) => {
  const disk = smallDisk(context, 4 * 2 ** 20);
  const app = createApp({ dataFolder: disk, demoFolder: writeDemoFolder(join(temporaryFolder(), 'demo')) });
  onTestFinished(() => app.close());
  const handle = createHandler({ app, host: 'browser', authenticate: () => ({ personId: app.ownerId(), role: 'owner' }) });
  const body = new Uint8Array(8 * 2 ** 20);
  const response = await handle(new Request('http://127.0.0.1/files/uploads?name=pairs.jsonl', { method: 'POST', body }));
  expect(response.status).toBe(507);
  expect(await response.json()).toMatchObject({
    code: 'no_space',
    message: expect.stringMatching(/full, so pairs.jsonl was not taken in/),
  });
  expect(readdirSync(app.uploadsFolder())).toEqual([]);
});
