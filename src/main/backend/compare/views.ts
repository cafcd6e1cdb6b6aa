import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CheckpointMeasures, ComparisonReport, ComparisonRow, reportRows } from '#shared/api/compare.ts';
import type { Message } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { queueOf } from '#store/queries/comparisons.ts';
import type { ReportRow } from '#store/queries/reports.ts';
import type { Store } from '#store/store.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import { textOf } from '../messages.ts';
import { measures as measuresSchema, winRateOf } from './measures.ts';
import { reportConfig } from './prepare.ts';

/** @throws PlainError not_found */
export function requireReport(store: Store, id: string): ReportRow {
  const row = store.reports.get(id);
  if (!row) throw new PlainError('not_found', 'This project has no such comparison. Choose one from the Compare screen.');
  return row;
}

/** A report in one of these states without an engine or a place in the queue has lost it. */
const goesOn: ReadonlySet<ReportRow['state']> = new Set(['queued', 'running', 'stopping']);

/** @param live answers so far while it goes on, null when it does not */
export function reportView(store: Store, personId: string, row: ReportRow, live: { done: number } | null): ComparisonReport {
  const config = reportConfig.parse(row.config);
  const queue = queueOf('study', row.id);
  const { judged, set_aside } = store.assignments.states(personId, queue);
  const votes = store.votes.all(row.id);
  return {
    id: row.id,
    name: row.name,
    state: live === null && goesOn.has(row.state) ? 'interrupted' : row.state,
    progress: { done: live?.done ?? row.done, total: row.total },
    error: row.error,
    createdAt: row.createdAt,
    checkpoints: row.measures === null ? [] : measuresView(store, row, config.checkpoints, config.prompts, votes),
    prompts: config.prompts,
    votesWaiting: store.comparisons.queuedCount(queue, 0) - judged - set_aside,
    votes: votes.length,
  };
}

type Votes = ReturnType<Store['votes']['all']>;

function measuresView(store: Store, row: ReportRow, checkpoints: readonly string[], prompts: number, votes: Votes): CheckpointMeasures[] {
  const pairs = store.votes.pairs(row.id);
  const count = (checkpoint: number, vote: Votes[number]['vote']) =>
    votes.filter((entry) => entry.checkpoint === checkpoint && entry.vote === vote).length;
  return z
    .array(measuresSchema)
    .parse(row.measures)
    .map((measured, index) => {
      const { id, name, kind } = requireCheckpoint(store, checkpoints[index] ?? '');
      const different = pairs.get(index) ?? 0;
      const equalAnswers = index === 0 ? 0 : prompts - different;
      const tally = { wins: count(index, 'second'), ties: count(index, 'tie'), losses: count(index, 'first') };
      return {
        checkpoint: { id, name, kind },
        ...measured,
        winRate: index === 0 ? null : winRateOf(tally, different, equalAnswers),
        equalAnswers,
      };
    });
}

/** A page of answers side by side; where this person's blind vote is open, in an order of their own and without reward and KL. */
export function rowsView(
  store: Store,
  personId: string,
  { report, after, limit, reveal }: z.output<typeof reportRows>,
): { rows: ComparisonRow[]; next: string | null } {
  const last = after === null ? -1 : Number(after);
  const pairs = store.votes.ofPerson(report, personId, last, limit);
  const byPosition = Map.groupBy(store.reports.answers(report, last, limit), ({ position }) => position);
  const rows = [...byPosition.values()].map((answers): ComparisonRow => {
    const [first] = answers;
    const position = first?.position ?? 0;
    const promptId = first?.promptId ?? '';
    const own = pairs.filter((pair) => pair.position === position);
    const blind = !reveal && own.some(({ state }) => state === 'waiting');
    const shown = answers.map(({ messages, reward, klK3, tokens, terminated }) => ({
      text: textOf(JSON.parse(messages) as Message[]),
      reward: blind ? null : reward,
      kl: blind ? null : klK3,
      tokens,
      terminated,
    }));
    return {
      promptId,
      prompt: JSON.parse(first?.promptMessages ?? '[]') as Message[],
      answers: blind ? shuffled(shown, `${personId}:${report}:${promptId}`) : shown,
      blind,
      vote: blind ? null : (own[0]?.vote ?? null),
    };
  });
  const full = byPosition.size === limit;
  return { rows, next: full ? String(last + limit) : null };
}

/** In an order drawn from `key`, the same each time. */
function shuffled<Item>(items: readonly Item[], key: string): Item[] {
  return items
    .map((item, index) => ({ item, lot: createHash('sha256').update(`${key}:${index}`).digest('hex') }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .map(({ item }) => item);
}
