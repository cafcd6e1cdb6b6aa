import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Method } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import type { AdapterConfig } from '#shared/training/adapter.ts';
import { modelDefaults } from '#shared/training/model-defaults.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { shapeOf } from './estimate.ts';
import { type Configured, configure } from './methods.ts';

/**
 * The settings of a run that starts from this checkpoint: what a person chose, else what suits the model, else the method's own defaults. Training from an adapter goes on
 * with that adapter.
 * @throws PlainError bad_input naming each setting that cannot be used
 */
export function configureFor(store: Store, method: Method, start: CheckpointRow, chosen: Record<string, unknown>): Configured {
  const own = start.adapter ? adapterOf(store, start) : null;
  const run = configure(method, { ...standardOf(store, method, start, own, chosen), ...chosen });
  if (own && chosen.adapter != null && JSON.stringify(run.config.adapter) !== JSON.stringify(own)) {
    throw new PlainError(
      'bad_input',
      `${start.name} is an adapter of rank ${own.rank}, and training goes on with it as it is. Leave "What is trained" as it was, or choose all weights.`,
    );
  }
  return run;
}

/**
 * The settings that `configureFor` takes where a person chose none: those of the checkpoint's model, and of what of it was chosen to be trained (all weights learn at another
 * rate than an adapter).
 * @throws PlainError damaged
 */
export function defaultsFor(store: Store, method: Method, start: CheckpointRow, chosen: Record<string, unknown>): Configured {
  return configure(method, standardOf(store, method, start, start.adapter ? adapterOf(store, start) : null, chosen));
}

function standardOf(store: Store, method: Method, start: CheckpointRow, own: AdapterConfig | null, chosen: Record<string, unknown>) {
  return { ...modelDefaults(method, shapeOf(store, start), chosen), ...(own && { adapter: own }) };
}

const peft = z.looseObject({ r: z.int(), lora_alpha: z.number(), target_modules: z.union([z.string(), z.array(z.string())]) });

/** @throws PlainError damaged */
function adapterOf(store: Store, checkpoint: CheckpointRow): AdapterConfig {
  const path = join(checkpointFolder(store, checkpoint), 'adapter_config.json');
  try {
    const { r, lora_alpha, target_modules } = peft.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { rank: r, alpha: lora_alpha, targets: [target_modules].flat() };
  } catch (cause) {
    throw new PlainError('damaged', `${path} cannot be read. Restore the checkpoint ${checkpoint.name} from a backup.`, { cause });
  }
}
