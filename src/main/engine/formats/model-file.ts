import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';

const mebibyte = 2 ** 20;

/** The most that a file of a model may hold; the largest tokenizers in use have some 35 MB. */
const mostBytes: Readonly<Record<string, number>> = {
  'tokenizer.json': 128 * mebibyte,
  'model.safetensors.index.json': 64 * mebibyte,
};
const mostElse = 8 * mebibyte;

/**
 * The text of a file of a model folder, or undefined where there is none. Links are not followed: a folder from elsewhere could point anywhere.
 * @throws PlainError `bad_input` when it is a link, no plain file, too large or no UTF-8.
 */
export function modelFile(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  const found = requirePlain(path);
  if (!found) return undefined;
  const most = mostBytes[name] ?? mostElse;
  if (found.size > most) {
    throw new PlainError(
      'bad_input',
      `${path} has ${found.size} bytes, and no honest file of its kind has more than ${most}. Download the model again.`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    throw new PlainError('bad_input', `${path} is not UTF-8 text. Download the model again.`, { cause: error });
  }
}

/**
 * Whether a plain file lies at `path`; undefined when nothing does.
 * @throws PlainError `bad_input` for a link, a device or a folder.
 */
export function requirePlain(path: string): { size: number } | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (found.isSymbolicLink()) {
    throw new PlainError(
      'bad_input',
      `${path} is a link, and links in a model's folder are not followed. Copy the model with its real files (cp -rL) and choose that folder.`,
    );
  }
  if (!found.isFile()) throw new PlainError('bad_input', `${path} is no plain file. Choose a folder with the model's real files.`);
  return { size: found.size };
}

/** @throws PlainError `bad_input`. */
export function parseModelJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PlainError('bad_input', `${path} is not JSON: ${error instanceof Error ? error.message : error}. Download the model again.`, {
      cause: error,
    });
  }
}
