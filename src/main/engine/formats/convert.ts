import { mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import type { CheckpointManifest } from '#shared/jobs.ts';
import { sizeOf } from '../nn/parameters.ts';
import { bytesOf } from '../weights/dtypes.ts';
import { replaceFolder, sayFullDisk, syncFolder, writePieces, writeWhole } from '../weights/files.ts';
import { headerBytes } from '../weights/safetensors-header.ts';
import { tokenizerOf } from './language-model.ts';
import { type ModelSource, parametersOf, type SourceTensor } from './source.ts';

/**
 * Writes a model as a checkpoint folder, which appears whole by one rename: safetensors under Hugging Face's names, each tensor stored as it came (blocks widened to float32), config.json,
 * the tokenizer's files and plumbline.json. A few MiB of weights are in memory at a time, or one tensor whose rows move.
 * @param onProgress is given bytes written and bytes in all; what it throws ends the conversion, and nothing stays
 * @throws PlainError.
 */
export async function convert(
  source: ModelSource,
  folder: string,
  kind: 'base' | 'sft',
  onProgress: (done: number, total: number) => Promise<void>,
): Promise<void> {
  const parameters = parametersOf(source);
  if (!tokenizerOf(source)) {
    throw new PlainError(
      'not_found',
      `The model in ${source.path} has no tokenizer.json, so it could not be talked to. Add its tokenizer files and try again.`,
    );
  }
  const { format, name, license, storage } = source;
  const manifest: CheckpointManifest = { format: 1, kind, reward: null, origin: { format, name, license, storage } };
  await writeModelFolder(folder, {
    parameters,
    texts: new Map([...source.files, ['config.json', asJson(source.config)], ['plumbline.json', asJson(manifest)]]),
    onProgress,
  });
}

interface ModelFolder {
  parameters: readonly (readonly [name: string, tensor: SourceTensor])[];
  /** Its other files, by name. */
  texts: ReadonlyMap<string, string>;
  onProgress: (done: number, total: number) => Promise<void>;
}

/**
 * Writes weights and texts as a folder that appears whole; one that is there is replaced.
 * @throws PlainError `no_space`, and what `onProgress` throws.
 */
export async function writeModelFolder(folder: string, { parameters, texts, onProgress }: ModelFolder): Promise<void> {
  const temporary = join(dirname(folder), `.${basename(folder)}.${process.pid}.writing`);
  // Wider values first, so that every tensor begins aligned.
  const ordered = parameters.toSorted(([, a], [, b]) => bytesOf[b.dtype] - bytesOf[a.dtype]);
  const total = ordered.reduce((sum, [, { shape, dtype }]) => sum + sizeOf(shape) * bytesOf[dtype], 0);
  let done = 0;
  try {
    sayFullDisk(folder, () => {
      rmSync(temporary, { recursive: true, force: true });
      mkdirSync(temporary, { recursive: true });
    });
    const pieces = (function* () {
      yield headerBytes(ordered);
      for (const [, tensor] of ordered) yield* tensor.chunks();
    })();
    await writePieces(join(temporary, 'model.safetensors'), pieces, async (bytes) => {
      done += bytes;
      await onProgress(Math.min(done, total), total);
    });
    for (const [name, text] of texts) writeWhole(join(temporary, name), text);
    syncFolder(temporary);
    sayFullDisk(folder, () => replaceFolder(temporary, folder));
    syncFolder(dirname(folder));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw error;
  }
}

export function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
