import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { downloadFile, type ListFileEntry, listFiles } from '@huggingface/hub';
import { PlainError, sentenceOf } from '#shared/errors.ts';

export interface HubRequest {
  /** OWNER/NAME. */
  repository: string;
  revision: string;
  /** Path of the one GGUF file that is wanted; null: the repository's safetensors, or its only GGUF file. */
  file: string | null;
  /** For a model that is not public. */
  token: string | undefined;
  /** Where its files are put; what an earlier try left there is gone on with. */
  folder: string;
  signal: AbortSignal;
  /** Bytes so far, of how many. */
  onProgress: (done: number, total: number) => void;
}

const companions = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'README.md'];
const weights = /^(model(-\d+-of-\d+)?\.safetensors|model\.safetensors\.index\.json)$/;

/**
 * Downloads what a model needs from the Hugging Face Hub, asked for by a person: each file resumes where an earlier try ended, is held against the Hub's own checksum, and has its
 * name only when whole.
 * @returns the folder, or the GGUF file in it
 * @throws PlainError when the Hub cannot be reached, wants a token, or has no such model; {@link signal}'s reason when it was stopped
 */
export async function downloadModel(request: HubRequest): Promise<string> {
  const { folder, signal, onProgress } = request;
  const files = await saidPlainly(request, () => filesOf(request));
  const chosen = choose(request, files);
  const total = chosen.reduce((sum, { size }) => sum + size, 0);
  mkdirSync(folder, { recursive: true });
  let before = 0;
  for (const file of chosen) {
    signal.throwIfAborted();
    await saidPlainly(request, () => fetchFile(request, file, (done) => onProgress(before + done, total)));
    before += file.size;
    onProgress(before, total);
  }
  const [only] = chosen;
  return chosen.length === 1 && only ? join(folder, basename(only.path)) : folder;
}

async function filesOf(request: HubRequest): Promise<ListFileEntry[]> {
  const files: ListFileEntry[] = [];
  const recursive = request.file?.includes('/') ?? false;
  for await (const entry of listFiles({ ...asked(request), recursive })) if (entry.type === 'file') files.push(entry);
  return files;
}

/** The file that was named; else the files of a safetensors model, or its one GGUF file. */
function choose({ repository, revision, file }: HubRequest, files: readonly ListFileEntry[]): ListFileEntry[] {
  const all = files.filter(({ path }) => /\.gguf$/i.test(path)).map(({ path }) => path);
  if (file !== null) {
    const named = files.filter(({ path }) => path === file);
    if (named.length === 1) return named;
    throw new PlainError(
      'not_found',
      `${repository} has no file ${file} at ${revision}. ${all.length > 0 ? `It has ${few(all)}.` : 'It has no GGUF file.'}`,
    );
  }
  const tensors = files.filter(({ path }) => weights.test(path));
  if (tensors.length > 0) return [...files.filter(({ path }) => companions.includes(path)), ...tensors];
  const ggufs = files.filter(({ path }) => /^[^/\\]+\.gguf$/i.test(path));
  if (ggufs.length === 1) return ggufs;
  throw new PlainError(
    'bad_input',
    ggufs.length > 0
      ? `${repository} has ${ggufs.length} GGUF files: ${few(all)}. Name the one that you want behind it, as in ${repository}/${ggufs[0]?.path}.`
      : `${repository} has neither model.safetensors nor a GGUF file. Choose a repository that has.`,
  );
}

/** The first of many names. */
function few(names: readonly string[]): string {
  const shown = 6;
  return `${names.slice(0, shown).join(', ')}${names.length > shown ? ` and ${names.length - shown} more` : ''}`;
}

async function fetchFile(request: HubRequest, file: ListFileEntry, onProgress: (done: number) => void): Promise<void> {
  const path = join(request.folder, basename(file.path));
  if (existsSync(path) && statSync(path).size === file.size) return; // whole and checked, of an earlier try
  const partial = `${path}.part`;
  let done = existsSync(partial) ? statSync(partial).size : 0;
  if (done > file.size) {
    rmSync(partial);
    done = 0;
  }
  const blob = await downloadFile({ ...asked(request), path: file.path, xet: false });
  if (!blob || blob.size !== file.size)
    throw new PlainError('damaged', `${file.path} changed on the Hub meanwhile. Import the repository again.`);
  const into = await open(partial, 'a', 0o600);
  try {
    // Piece by piece: all that came before it broke off is kept.
    if (done < file.size) {
      for await (const chunk of blob.slice(done).stream() as unknown as AsyncIterable<Uint8Array>) {
        await into.writeFile(chunk);
        done += chunk.length;
        onProgress(done);
        request.signal.throwIfAborted();
      }
    }
    await into.sync();
  } finally {
    await into.close();
  }
  if (!(await isWhole(partial, file))) {
    rmSync(partial, { force: true });
    throw new PlainError(
      'damaged',
      `${file.path} came with another checksum than the Hub says, and was thrown away. Import the repository again.`,
    );
  }
  renameSync(partial, path);
}

/** By the sha256 of a large file, or by git's hash of a small one. */
async function isWhole(path: string, { size, oid, lfs }: ListFileEntry): Promise<boolean> {
  if (statSync(path).size !== size) return false;
  const hash = createHash(lfs ? 'sha256' : 'sha1');
  if (!lfs) hash.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex') === (lfs?.oid ?? oid);
}

function asked({ repository, revision, token, signal }: HubRequest) {
  return {
    repo: { type: 'model' as const, name: repository },
    revision,
    ...(process.env.HF_ENDPOINT ? { hubUrl: process.env.HF_ENDPOINT } : {}),
    ...(token ? { accessToken: token } : {}),
    fetch: ((input: RequestInfo | URL, init?: RequestInit) => fetch(input, { ...init, signal })) as typeof fetch,
  };
}

/** Runs `work`; what the Hub or the network refuses becomes a sentence. */
async function saidPlainly<Result>({ repository, signal }: HubRequest, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || error instanceof PlainError) throw error;
    const status = (error as { statusCode?: number }).statusCode;
    if (status === 401 || status === 403) {
      throw new PlainError(
        'forbidden',
        `The Hub shows ${repository} only to people who may see it, or has no such model. Give a token that may (Settings of the desktop app, HF_TOKEN, or "hf auth login"), and accept its terms on huggingface.co.`,
        { cause: error },
      );
    }
    if (status === 404)
      throw new PlainError('not_found', `The Hub has no model ${repository}, or not this revision of it. Check the name.`, {
        cause: error,
      });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new PlainError(
        'no_space',
        `There is no space left on the disk for ${repository}. Free some, then import it again; the download goes on where it ended.`,
        { cause: error },
      );
    throw new PlainError(
      'not_found',
      `The Hub could not be reached (${sentenceOf(error)}). Check the network and import ${repository} again; the download goes on where it ended.`,
      { cause: error },
    );
  }
}
