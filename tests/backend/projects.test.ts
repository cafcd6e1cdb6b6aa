import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type AppOptions, createApp } from '#backend/app.ts';
import { createProjectFolder } from '#backend/create-project.ts';
import { defaultDataFolder, typedFolder } from '#backend/folders.ts';
import { promptFamily, splitOfFamily } from '#backend/prompts.ts';
import { openStore } from '#store/store.ts';
import { writeDemoFolder } from '../support/demo-folder.ts';
import { temporaryFolder } from '../support/temporary.ts';

function start(options: AppOptions = {}) {
  const folder = temporaryFolder();
  const app = createApp({ dataFolder: join(folder, 'data'), demoFolder: writeDemoFolder(join(folder, 'demo')), ...options });
  onTestFinished(() => app.close());
  return { app, folder, me: app.ownerId() };
}

test('the first start makes the demo project: pairs wait, an SFT checkpoint is there, the simulated set is out', () => {
  const { app, me } = start();
  expect(app.project.summary(me)).toMatchObject({
    name: 'Front desk',
    demo: true,
    counts: { prompts: 20, heldOutPrompts: 4, comparisons: 20, judgments: 0, simulatedJudgments: 0, waiting: 12, checkpoints: 1, runs: 0 },
    simulatedSet: { available: 8, on: false },
    guideline: { version: 1 },
  });
  expect(app.compare.checkpoints()).toMatchObject([{ name: 'sft', kind: 'sft' }]);
  expect(app.project.stations()).toMatchObject({ prompts: { train: 16, heldOut: 4, topics: 2 }, judgments: { done: 0, waiting: 12 } });
});

test('the simulated set goes in and out again, counted apart and never deleted', () => {
  const { app, me } = start();
  app.project.setSimulated({ on: true });
  expect(app.project.summary(me)).toMatchObject({
    counts: { judgments: 0, simulatedJudgments: 8, waiting: 12 },
    simulatedSet: { available: 8, on: true },
  });
  app.project.setSimulated({ on: false });
  expect(app.project.summary(me)).toMatchObject({ counts: { simulatedJudgments: 0 }, simulatedSet: { available: 8, on: false } });
});

test('the second start opens the project that was open last', async () => {
  const { app, folder } = start();
  app.project.create({ path: join(folder, 'mine'), demo: false });
  const path = app.project.summary(app.ownerId()).path;
  expect(path).toBe(join(folder, 'mine.plumbline'));
  await app.close();
  const again = createApp({ dataFolder: join(folder, 'data'), demoFolder: join(folder, 'demo') });
  onTestFinished(() => again.close());
  expect(again.project.summary(again.ownerId())).toMatchObject({ path, demo: false, simulatedSet: null, counts: { prompts: 0 } });
  expect(again.project.recent().map(({ name }) => name)).toEqual(['mine', 'Front desk']);
});

test('a damaged project of last time gives way to the one before it, and the page says why', async () => {
  const { app, folder } = start();
  app.project.create({ path: join(folder, 'mine'), demo: false });
  await app.close();
  writeFileSync(join(folder, 'mine.plumbline', 'project.db'), 'not a database\n'.repeat(100));
  const options = { dataFolder: join(folder, 'data'), demoFolder: join(folder, 'demo') };
  const again = createApp(options);
  onTestFinished(() => again.close());
  const { name, refusal } = again.project.summary(again.ownerId());
  expect(name).toBe('Front desk');
  expect(refusal).toContain('mine.plumbline/project.db is damaged');
  again.project.create({ path: join(folder, 'other'), demo: false });
  expect(again.project.summary(again.ownerId()).refusal).toBeNull();
  await again.close();
  // Nothing that can be opened: a demo beside what is there.
  for (const path of [join(folder, 'other.plumbline'), join(folder, 'data', 'Front desk.plumbline')])
    writeFileSync(join(path, 'project.db'), 'x');
  const third = createApp(options);
  onTestFinished(() => third.close());
  expect(third.project.summary(third.ownerId()).name).toBe('Front desk 2');
});

test('a second copy of the app on the project of last time is refused, not given another project', () => {
  const { folder } = start();
  expect(() => createApp({ dataFolder: join(folder, 'data'), demoFolder: join(folder, 'demo') })).toThrow(
    /Another copy of Plumbline has Front desk/,
  );
});

test('a folder that was typed is a whole path, with ~ for home; nothing is made in the folder that the app was started from', () => {
  const { app, folder } = start();
  expect(() => app.project.create({ path: 'here', demo: false })).toThrow(/“here” does not say where it is/);
  expect(typedFolder('~/Plumbline/mine')).toBe(join(homedir(), 'Plumbline', 'mine'));
  expect(typedFolder(join(folder, 'x'))).toBe(join(folder, 'x'));
  expect(existsSync('here.plumbline')).toBe(false);
});

test.each([
  ['a file', (folder: string) => join(folder, 'file', 'x'), /file is a file, so no project can be made in it/],
  ['the kernel’s', () => '/proc/plumbline-test/x', /\/proc is not yours to write to/],
])('a project is not made where %s stands in the way', (_what, place, sentence) => {
  const { app, folder } = start();
  writeFileSync(join(folder, 'file'), '');
  expect(() => app.project.create({ path: place(folder), demo: false })).toThrow(sentence);
});

test('a page hears that another project was opened', () => {
  const { app, folder } = start();
  const heard: string[] = [];
  const end = app.project.listen(({ path }) => heard.push(path));
  app.project.create({ path: join(folder, 'mine'), demo: false });
  end();
  app.project.create({ path: join(folder, 'other'), demo: false });
  expect(heard).toEqual([join(folder, 'mine.plumbline')]);
});

test('a project that cannot be opened leaves the open one open', () => {
  const { app, folder, me } = start();
  expect(() => app.project.open({ path: join(folder, 'nowhere.plumbline') })).toThrow(/is not a Plumbline project/);
  expect(app.project.summary(me).name).toBe('Front desk');
});

test('a project can be copied while it is closed and opened elsewhere', async () => {
  const { app } = start();
  const path = app.project.summary(app.ownerId()).path;
  await app.close();
  const copy = join(temporaryFolder(), 'elsewhere.plumbline');
  cpSync(path, copy, { recursive: true });
  const store = openStore(copy);
  expect(store.name).toBe('elsewhere');
  const [checkpoint] = store.checkpoints.list();
  expect(existsSync(join(copy, 'checkpoints', checkpoint?.hash ?? '', 'model.safetensors'))).toBe(true);
  store.close();
});

test('a demo folder that is broken leaves nothing behind', () => {
  const folder = temporaryFolder();
  const demo = writeDemoFolder(join(folder, 'demo'));
  writeFileSync(join(demo, 'simulated.jsonl'), '{"promptId": "demo_0"}\n');
  expect(() => createProjectFolder(join(folder, 'new'), demo)).toThrow(/line 1 of simulated.jsonl is broken/);
  expect(readdirSync(folder)).toEqual(['demo']);
});

test('settings belong to a person, names can be changed', () => {
  const { app, me } = start();
  app.project.saveSetting(me, { key: 'theme', value: { scheme: 'dark' } });
  app.project.saveSetting(me, { key: 'theme', value: { scheme: 'light' } });
  expect(app.project.settings(me)).toEqual({ theme: { scheme: 'light' } });
  app.project.renamePerson(me, { name: 'Ada' });
  expect(app.project.person(me)).toEqual({ name: 'Ada' });
  expect(() => app.project.person('per_nobody')).toThrow(/not among the people/);
});

test('data lies where the platform keeps it, or where PLUMBLINE_DATA says', () => {
  expect(defaultDataFolder({ PLUMBLINE_DATA: '/somewhere' }, 'linux')).toBe('/somewhere');
  expect(defaultDataFolder({ XDG_DATA_HOME: '/xdg' }, 'linux')).toBe(join('/xdg', 'plumbline'));
  expect(defaultDataFolder({ LOCALAPPDATA: 'C:\\Local' }, 'win32')).toContain('Plumbline');
  expect(defaultDataFolder({}, 'darwin')).toContain(join('Library', 'Application Support', 'Plumbline'));
});

test('near-duplicates share a split; a fifth of families is held out', () => {
  const user = (content: string) => [{ role: 'user' as const, content }];
  expect(promptFamily(user('Room 12, please!'))).toBe(promptFamily(user('  room 407  please')));
  expect(promptFamily(user('Room twelve'))).not.toBe(promptFamily(user('Room seven')));
  expect(promptFamily(user('2+2'))).not.toBe(promptFamily(user('3+3')));
  const held = Array.from({ length: 4000 }, (_, index) =>
    splitOfFamily(promptFamily(user(`q${'abcdefghij'[index % 10]}`.repeat(index + 1)))),
  );
  const share = held.filter((split) => split === 'held_out').length / held.length;
  expect(Math.abs(share - 0.2)).toBeLessThan(0.03);
});
