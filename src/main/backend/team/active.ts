import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ActiveStatus, TeamApi } from '#shared/api/team.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import { type SlicedPair, slicesCompared } from '#shared/jobs.ts';
import type { Store } from '#store/store.ts';
import { basesOf } from '../checkpoints/bases.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import type { BackendContext } from '../context.ts';
import { writeJsonLines } from '../runs/lines-file.ts';
import { pairsOf } from '../runs/pairs.ts';

type Active = Pick<TeamApi, 'active' | 'measureActive'>;

/** Fewer of either slice, or held out, tell nothing. */
const fewest = 40;
const key = 'team.active';
const stored = slicesCompared.extend({ at: z.int() });

/** Whether choosing what is labeled next beat drawing at random, by this project's own judgments: heads on the start checkpoint learn from equally many of either. */
export function createActive({ store, jobs, onClose }: Pick<BackendContext, 'store' | 'jobs' | 'onClose'>): Active {
  let status: Omit<ActiveStatus, 'result'> = { state: 'idle', sentence: null };
  let current: string | null = null;
  onClose(() => {
    if (current !== null) jobs.stop(current);
    current = null;
  });

  async function measure(pairs: readonly SlicedPair[]): Promise<void> {
    const id = newId('act');
    current = id;
    status = { state: 'measuring', sentence: `Heads are fitted to ${pairs.length} pairs.` };
    const folder = join(store.folder, 'runs', id);
    try {
      const start = store.checkpoints.ofKind('sft')[0] ?? store.checkpoints.ofKind('base')[0];
      if (!start) throw new PlainError('bad_input', 'This project has no model to read the pairs with. Import one on Models.');
      mkdirSync(folder, { recursive: true });
      const files = { pairsFile: join(folder, 'pairs.jsonl'), outFile: join(folder, 'compared.json') };
      writeJsonLines(files.pairsFile, pairs);
      const { randomShare } = store.rules.get();
      const outcome = await jobs.submit({
        id,
        job: { kind: 'slices', startCheckpoint: checkpointFolder(store, start), ...files, randomShare, bases: basesOf(store, [start]) },
        onEvent: () => {},
      });
      if (current !== id || outcome.kind === 'stopped') return;
      if (outcome.kind !== 'done') throw new PlainError('engine', outcome.sentence);
      const compared = slicesCompared.parse(JSON.parse(readFileSync(files.outFile, 'utf8')));
      store.settings.save('project', key, { ...compared, at: Date.now() });
      status = { state: 'idle', sentence: null };
    } catch (error) {
      if (current === id) status = { state: 'failed', sentence: `This could not be measured: ${sentenceOf(error)}` };
    } finally {
      rmSync(folder, { recursive: true, force: true });
      if (current === id) current = null;
    }
  }

  return {
    active: () => {
      const result = stored.safeParse(store.settings.get('project', key));
      return { ...status, result: result.success ? result.data : null };
    },
    measureActive() {
      if (current !== null) throw new PlainError('conflict', 'This is being measured already. Wait until it is done.');
      const pairs = slicedPairs(store);
      const count = (slice: SlicedPair['slice']) => pairs.filter((pair) => pair.slice === slice).length;
      const [random, chosen, heldOut] = [count('random'), count('chosen'), count('held_out')];
      if (Math.min(random, chosen, heldOut) < fewest) {
        throw new PlainError(
          'bad_input',
          `${fewest} judged pairs of each kind are needed: there are ${random} drawn at random, ${chosen} in the chosen order, and ${heldOut} on held-out prompts that were not chosen. Label more, then measure.`,
        );
      }
      void measure(pairs);
    },
  };
}

/** People's untied judgments as pairs, by how each came to be asked for. Held out are those on held-out prompts that nobody chose, so that they stand for all. */
function slicedPairs(store: Store): SlicedPair[] {
  const slices = store.demand.slices();
  return store.training.heads(['person']).flatMap((head) => {
    const isChosen = slices.get(head.id) === 'chosen';
    if (head.split === 'held_out' && isChosen) return [];
    const slice = head.split === 'held_out' ? 'held_out' : isChosen ? 'chosen' : 'random';
    return pairsOf(store.training.withTexts(head)).flatMap((pair) => (pair.softTarget === 1 ? [{ ...pair, slice } as const] : []));
  });
}
