import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '#backend/app.ts';
import { openStore } from '#store/store.ts';
import { startBackend } from '../support/backend-process.ts';
import { writeDemoFolder } from '../support/demo-folder.ts';
import { temporaryFolder } from '../support/temporary.ts';

function begin() {
  const folder = temporaryFolder();
  return {
    folder,
    project: join(folder, 'data', 'Front desk.plumbline'),
    environment: { PLUMBLINE_DEMO: writeDemoFolder(join(folder, 'demo')) },
  };
}

test('a second copy of the app on the same project is refused with a sentence, in this process and in another', async () => {
  const { folder, project, environment } = begin();
  const first = await startBackend(folder, ['--port', '0'], environment);
  expect(first.said.listening?.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const second = await startBackend(folder, ['--port', '0'], environment);
  expect(second.said.refused).toMatch(/^Another copy of Plumbline has Front desk\.plumbline open\. Close it there first/);
  expect(() => createApp({ dataFolder: join(folder, 'data') })).toThrow(/Another copy of Plumbline/);
  expect(() => openStore(project)).toThrow(/Another copy of Plumbline/);
});

test('a copy that was killed holds nothing: the next one opens at once', async () => {
  const { folder, project, environment } = begin();
  const first = await startBackend(folder, ['--port', '0'], environment);
  await first.kill();
  const store = openStore(project);
  onTestFinished(() => store.close());
  expect(store.people.owner()).toBeDefined();
});

test('the backend goes when its host does, and lets the project go', async () => {
  const { folder, project, environment } = begin();
  const backend = await startBackend(folder, ['--port', '0'], environment);
  const gone = once(backend.child, 'exit');
  backend.child.stdin?.end();
  expect(await gone).toEqual([0, null]);
  openStore(project).close();
});

test.skipIf(process.platform === 'win32')('the backend on a socket says so, and ends on SIGTERM', async () => {
  const { folder, environment } = begin();
  const socket = join(folder, 'backend.sock');
  const backend = await startBackend(folder, ['--socket', socket], { ...environment, PLUMBLINE_TOKEN: 'secret' });
  expect(backend.said).toEqual({ listening: { socket } });
  const gone = once(backend.child, 'exit');
  backend.child.kill('SIGTERM');
  expect(await gone).toEqual([0, null]);
});

test('a project that is not there, and a socket without a token, are refused with a sentence', async () => {
  const { folder, environment } = begin();
  const lost = await startBackend(folder, ['--port', '0', '--project', join(folder, 'lost.plumbline')], environment);
  expect(lost.said.refused).toMatch(/is not a Plumbline project/);
  const mute = await startBackend(folder, ['--socket', join(folder, 's.sock')], { ...environment, PLUMBLINE_TOKEN: '' });
  expect(mute.said.refused).toMatch(/no token/);
});
