import type { z } from 'zod';
import type { CompareApi } from '#shared/api/compare.ts';
import type { exportModel } from '#shared/api/models.ts';
import { PlainError } from '#shared/errors.ts';
import type { Store } from '#store/store.ts';
import { basesOf, wholeOf } from '../checkpoints/bases.ts';
import { manifestOf } from '../checkpoints/manifest.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import { ownerOf } from '../people.ts';
import { modelCard } from './card.ts';
import { requireFree } from './places.ts';
import type { TransferWork } from './transfers.ts';

type Input = z.output<typeof exportModel>;

/** What is wrong with an export before it begins. @throws PlainError */
export function checkExport(store: Store, { checkpoint: id, out, format, storage }: Input): void {
  const checkpoint = requireCheckpoint(store, id);
  if (format === 'peft' && !checkpoint.adapter) {
    throw new PlainError(
      'bad_input',
      `${checkpoint.name} is a whole model, not an adapter. Export it as a Hugging Face folder or as GGUF.`,
    );
  }
  if (format === 'gguf' && checkpoint.kind === 'reward') {
    throw new PlainError(
      'bad_input',
      `${checkpoint.name} is a reward model, and GGUF has no form for one. Export it as a Hugging Face folder.`,
    );
  }
  if (format !== 'gguf' && storage === 'Q8_0')
    throw new PlainError('bad_input', 'Q8_0 belongs to GGUF. Choose F32, F16 or BF16 for a folder.');
  requireFree(out);
}

/** Writes a checkpoint for other programs. @throws PlainError */
export async function exportFrom(store: Store, compare: CompareApi, input: Input, { engine, show }: TransferWork) {
  const checkpoint = requireCheckpoint(store, input.checkpoint);
  const path = requireFree(input.out);
  show({ words: 'Writing' });
  const { origin } = manifestOf(checkpointFolder(store, wholeOf(store, checkpoint)));
  await engine({
    kind: 'export',
    checkpoint: checkpointFolder(store, checkpoint),
    bases: basesOf(store, [checkpoint]),
    out: path,
    format: input.format,
    storage: input.storage,
    name: checkpoint.name,
    license: checkpoint.license,
    card: modelCard(store, checkpoint, compare.list(ownerOf(store).id), input.format === 'peft' ? 'peft' : 'hf'),
    base: checkpoint.adapter ? (origin?.name ?? wholeOf(store, checkpoint).name) : null,
  });
  return { checkpoint: { id: checkpoint.id, name: checkpoint.name }, path };
}
