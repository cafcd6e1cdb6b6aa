import { existsSync, lstatSync } from 'node:fs';
import { PlainError } from '#shared/errors.ts';
import { openFolderModel } from './folder.ts';
import { isGguf } from './gguf/read.ts';
import { openGgufModel } from './gguf/source.ts';
import type { ModelSource } from './source.ts';

/**
 * Opens a model wherever it lies: a folder as the Hugging Face Hub has them, or a GGUF file. The caller closes it.
 * @throws PlainError when there is none, it is damaged or lies about itself, or it is of a kind that cannot be used.
 */
export function openModel(path: string): ModelSource {
  if (!existsSync(path)) throw new PlainError('not_found', `There is no model at ${path}. Check the path and try again.`);
  if (lstatSync(path).isDirectory()) return openFolderModel(path);
  if (lstatSync(path).isFile() && isGguf(path)) return openGgufModel(path);
  throw new PlainError('bad_input', `${path} is no model: choose a folder with config.json and safetensors files, or a GGUF file.`);
}
