import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { Tokenizer } from '../tokens/tokenizer.ts';
import { holdsAdapter } from '../weights/adapter.ts';
import { replaceFolder, sayFullDisk, syncFolder, writeWhole } from '../weights/files.ts';
import { asJson } from './convert.ts';

/**
 * Writes an adapter checkpoint as a folder that PEFT loads beside `base`, with the tokenizer and the card. It appears whole.
 * @throws PlainError `bad_input` for a whole checkpoint, `no_space`.
 */
export function exportPeft(checkpoint: string, out: string, { base, card }: { base: string | null; card: string }): void {
  if (!holdsAdapter(checkpoint)) {
    throw new PlainError('bad_input', 'This checkpoint is a whole model, not an adapter. Export it as a Hugging Face folder or as GGUF.');
  }
  const temporary = join(dirname(out), `.${basename(out)}.${process.pid}.writing`);
  const config = JSON.parse(readFileSync(join(checkpoint, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
  sayFullDisk(out, () => {
    try {
      mkdirSync(temporary, { recursive: true });
      copyFileSync(join(checkpoint, 'adapter_model.safetensors'), join(temporary, 'adapter_model.safetensors'));
      writeWhole(join(temporary, 'adapter_config.json'), asJson({ ...config, base_model_name_or_path: base }));
      for (const [name, text] of Tokenizer.load(checkpoint).files) writeWhole(join(temporary, name), text);
      writeWhole(join(temporary, 'README.md'), card);
      syncFolder(temporary);
      replaceFolder(temporary, out);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
}
