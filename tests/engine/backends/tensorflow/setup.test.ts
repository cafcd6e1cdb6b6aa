import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import {
  canSetUp,
  installedTensorflow,
  libtensorflowFolder,
  tensorflowVersion,
  variantFolder,
} from '#engine/backends/tensorflow/folder.ts';
import { announcement, setUpTensorflow } from '#engine/backends/tensorflow/setup/index.ts';
import { obtain } from '#engine/backends/tensorflow/setup/obtain.ts';
import { unzip } from '#engine/backends/tensorflow/setup/unzip.ts';
import { type Wheel, wheels } from '#engine/backends/tensorflow/setup/wheels.ts';
import { tensorflowOffers } from '#shared/backends.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-libtensorflow-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A zip file as APPNOTE.TXT says, each member stored or deflated. */
function zip(members: { name: string; data: Buffer; deflated: boolean }[], comment = ''): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, data, deflated } of members) {
    const body = deflated ? deflateRawSync(data) : data;
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(deflated ? 8 : 0, 4);
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(body.length, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt16LE(name.length, 22);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    local.push(Buffer.from('504b0304', 'hex'), head, Buffer.from(name), body);
    central.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), head, entry, Buffer.from(name)]));
    offset += 30 + name.length + body.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('504b0506', 0, 'hex');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...local, directory, end, Buffer.from(comment)]);
}

function file(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('unzip', () => {
  const long = Buffer.from('A line that repeats.\n'.repeat(200_000));
  const members = [
    { name: 'tensorflow/long.txt', data: long, deflated: true },
    { name: 'tensorflow/stored.bin', data: Buffer.from([0, 1, 2, 255]), deflated: false },
    { name: 'tensorflow/empty', data: Buffer.alloc(0), deflated: false },
    { name: 'other/left-out.txt', data: Buffer.from('no'), deflated: true },
  ];

  test('brings what is wanted, byte for byte, and nothing else', async () => {
    const path = file('whole.zip', zip(members, 'a comment behind the directory'));
    const out = join(folder, 'whole');
    expect(await unzip(path, out, (name) => name.startsWith('tensorflow/'))).toEqual(members.slice(0, 3).map(({ name }) => name));
    for (const { name, data } of members.slice(0, 3)) expect(readFileSync(join(out, name)).equals(data)).toBe(true);
    expect(readdirSync(out)).toEqual(['tensorflow']);
  });

  test.each([
    ['cut off in the middle', zip(members).subarray(0, 2000)],
    ['no zip file', Buffer.from('<html>Sign in to the network</html>')],
    ['empty', Buffer.alloc(0)],
    ['a member that leaves the folder', zip([{ name: '../outside.txt', data: Buffer.from('x'), deflated: false }])],
  ])('%s is refused', async (_, bytes) => {
    const path = file('bad.zip', bytes);
    await expect(unzip(path, join(folder, 'bad'), () => true)).rejects.toMatchObject({ code: 'damaged' });
    expect(existsSync(join(folder, 'outside.txt'))).toBe(false);
  });
});

describe('wheels', () => {
  const bytes = Buffer.from('a wheel');
  const wheel: Wheel = { ...wheels.cpu[0]!, file: 'a.whl', bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };

  test('one that is there and is the pinned file is taken', async () => {
    const path = file('a.whl', bytes);
    expect(await obtain(wheel, folder, folder, () => {})).toBe(path);
  });

  test('one that is another file, or is not there, is refused with a sentence', async () => {
    file('a.whl', Buffer.from('another'));
    await expect(obtain(wheel, folder, folder, () => {})).rejects.toMatchObject({ code: 'damaged' });
    await expect(obtain({ ...wheel, file: 'b.whl' }, folder, folder, () => {})).rejects.toMatchObject({ code: 'not_found' });
  });

  test('size and licenses are said before anything is fetched', () => {
    for (const variant of ['cpu', 'cuda'] as const) expect(announcement(variant)).toBe(tensorflowOffers[variant]);
  });
});

describe('setting up', () => {
  test.runIf(canSetUp)('that fails leaves nothing behind', async () => {
    const base = join(folder, 'base');
    mkdirSync(join(base, 'of-one-that-was-killed.999999999.writing', 'downloads'), { recursive: true });
    const from = mkdtempSync(join(folder, 'wheels-'));
    await expect(setUpTensorflow({ variant: 'cpu', from, onProgress: () => {}, base })).rejects.toMatchObject({ code: 'not_found' });
    writeFileSync(join(from, wheels.cpu[0]!.file), 'not the wheel');
    await expect(setUpTensorflow({ variant: 'cpu', from, onProgress: () => {}, base })).rejects.toMatchObject({ code: 'damaged' });
    expect(readdirSync(base)).toEqual([]);
    expect(installedTensorflow(base)).toBeNull();
  });

  test('a folder of another version, or without its manifest, is not there', () => {
    const base = mkdtempSync(join(folder, 'installed-'));
    expect(installedTensorflow(base)).toBeNull();
    expect(variantFolder('cuda', base)).toBe(join(base, `${tensorflowVersion}-cuda`));
  });

  test('where it lies follows the environment', () => {
    expect(libtensorflowFolder({ PLUMBLINE_LIBTENSORFLOW: '/a', PLUMBLINE_DATA: '/b' })).toBe('/a');
    expect(libtensorflowFolder({ PLUMBLINE_DATA: '/b', XDG_CACHE_HOME: '/c' })).toBe('/b/libtensorflow');
    expect(libtensorflowFolder({ XDG_CACHE_HOME: '/c' })).toBe('/c/plumbline/libtensorflow');
  });
});
