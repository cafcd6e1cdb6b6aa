import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { PlainError } from '#shared/errors.ts';

interface Member {
  name: string;
  method: 0 | 8;
  compressed: number;
  size: number;
  offset: number;
}

/**
 * Unpacks members of a zip file (APPNOTE.TXT 4.3) under `folder`; no zip64, which no wheel of ours is. → their names
 * @throws PlainError `damaged` when it is not a zip file, or a member is not as long as it says.
 */
export async function unzip(
  path: string,
  folder: string,
  wanted: (member: string) => boolean,
  onBytes: (bytes: number) => void = () => {},
): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    const members = (await directoryOf(file, path)).filter(({ name }) => !name.endsWith('/') && wanted(name));
    for (const member of members) await extract(file, path, member, folder, onBytes);
    return members.map(({ name }) => name);
  } finally {
    await file.close();
  }
}

const damaged = (path: string) => new PlainError('damaged', `${path} is not a whole zip file. Delete it and fetch it again.`);

async function read(file: FileHandle, path: string, length: number, position: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position);
  if (position < 0 || bytesRead !== length) throw damaged(path);
  return buffer;
}

/** Reads the central directory, found from the end of the file (a comment of up to 64 KB may follow it). */
async function directoryOf(file: FileHandle, path: string): Promise<Member[]> {
  const { size } = await file.stat();
  const tail = await read(file, path, Math.min(65_557, size), Math.max(0, size - 65_557));
  const end = tail.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end < 0 || end + 20 > tail.length) throw damaged(path);
  const directory = await read(file, path, tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16));
  const members: Member[] = [];
  for (let at = 0; at + 46 <= directory.length; ) {
    if (directory.readUInt32LE(at) !== 0x02014b50) throw damaged(path);
    const [nameLength, extra, comment] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field)) as [number, number, number];
    const method = directory.readUInt16LE(at + 10);
    if (method !== 0 && method !== 8) throw damaged(path);
    members.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      method,
      compressed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + extra + comment;
  }
  return members;
}

async function extract(file: FileHandle, path: string, member: Member, folder: string, onBytes: (bytes: number) => void): Promise<void> {
  const name = normalize(member.name);
  if (isAbsolute(name) || name.startsWith('..')) throw damaged(path);
  const header = await read(file, path, 30, member.offset);
  const start = member.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const target = join(folder, name);
  mkdirSync(dirname(target), { recursive: true });
  const out = createWriteStream(target, { flush: true });
  if (member.compressed === 0) {
    out.end();
    await finished(out);
  } else {
    const chunk = 1 << 20;
    const source = createReadStream(path, { start, end: start + member.compressed - 1, highWaterMark: chunk });
    source.on('data', (bytes) => onBytes(bytes.length));
    await (member.method === 8 ? pipeline(source, createInflateRaw({ chunkSize: chunk }), out) : pipeline(source, out));
  }
  if (out.bytesWritten !== member.size) throw damaged(path);
}
