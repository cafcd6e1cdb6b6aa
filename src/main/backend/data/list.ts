import type { z } from 'zod';
import type { ComparisonRowView, ImportRowView, JudgmentRowView, ListPage, listInput, PromptRowView } from '#shared/api/data.ts';
import type { Message } from '#shared/domain.ts';
import { inLetters, letterAt } from '#shared/ranking-letters.ts';
import type { Store } from '#store/store.ts';

type Input = z.output<typeof listInput>;

/** One page of a table of the Data screen, as `viewer` may see it; pages go by key. */
export function list(store: Store, input: Input, viewer: string | null): ListPage {
  switch (input.table) {
    case 'prompts':
      return prompts(store, input);
    case 'comparisons':
      return comparisons(store, input);
    case 'judgments':
      return judgments(store, input, viewer);
    case 'imports':
      return imports(store, input);
  }
}

function prompts(store: Store, input: Input): ListPage {
  const match = matchOf(input.search);
  const rows = store.prompts.page(match, Number(input.after ?? 0), input.limit);
  const { train, held_out } = store.prompts.counts();
  return {
    total: match === null ? train + held_out : store.prompts.foundCount(match),
    rows: rows.map(
      (row): PromptRowView => ({
        id: row.id,
        text: whole(row.messages),
        topic: row.topic,
        split: row.split,
        responses: row.responses,
        source: row.source,
      }),
    ),
    next: nextOf(rows, input.limit, (row) => String(row.seq)),
  };
}

function comparisons(store: Store, input: Input): ListPage {
  const match = matchOf(input.search);
  const rows = store.comparisons.page(match, Number(input.after ?? 0), input.limit);
  return {
    total: match === null ? store.comparisons.count() : store.comparisons.foundCount(match),
    rows: rows.map(
      (row): ComparisonRowView => ({
        id: row.id,
        prompt: whole(row.promptMessages),
        responses: store.comparisons.slots(row.id).map((slot) => ({ text: whole(slot.messages), origin: originOf(store, slot) })),
        judgments: row.judgments,
        purpose: row.purpose,
        removed: row.removed,
      }),
    ),
    next: nextOf(rows, input.limit, (row) => String(row.seq)),
  };
}

function judgments(store: Store, input: Input, viewer: string | null): ListPage {
  const match = matchOf(input.search);
  const rows = store.judgments.page(match, input.after === null ? null : Number(input.after), input.limit);
  const counts = store.judgments.countsByKind();
  return {
    total:
      match === null
        ? counts.person + counts.simulated + counts.model
        : input.after === null && rows.length < input.limit
          ? rows.length
          : null,
    rows: rows.map((row): JudgmentRowView => {
      const head = {
        id: row.id,
        comparisonId: row.comparisonId,
        prompt: whole(store.prompts.get(row.promptId)?.messages ?? []),
        person: store.people.get(row.personId)?.name ?? '',
        kind: row.kind,
        decidedAt: row.decidedAt,
        flagged: row.flagged,
      };
      if (store.demand.isUndecided(row.comparisonId, viewer ?? ''))
        return { ...head, hidden: true, choice: '', strength: null, rationale: null, ratings: [], chosen: '', other: '' };
      const slots = store.comparisons.slots(row.comparisonId);
      const best = row.ranking?.[0] ?? [];
      const tied = best.length > 1;
      const chosen = best[0] ?? row.orderShown[0] ?? 0;
      const other = row.ranking?.flat()[1] ?? row.orderShown.find((slot) => slot !== chosen) ?? 0;
      const said =
        row.orderShown.length > 2 ? inLetters(row.ranking ?? [], row.orderShown) : tied ? 'tie' : letterAt(row.orderShown.indexOf(chosen));
      return {
        ...head,
        hidden: false,
        choice: row.bothBad ? 'both bad' : said,
        strength: row.strength,
        rationale: row.rationale,
        ratings: Object.entries(row.ratings ?? {}).flatMap(([aspect, of]) => {
          const [rated, against] = [of[chosen], of[other]];
          return rated === undefined || against === undefined ? [] : [{ aspect, chosen: rated, other: against }];
        }),
        chosen: whole(slots[chosen]?.messages ?? []),
        other: whole(slots[other]?.messages ?? []),
      };
    }),
    next: nextOf(rows, input.limit, (row) => String(row.seq)),
  };
}

function imports(store: Store, input: Input): ListPage {
  const rows = store.imports.page(input.after, input.limit);
  return {
    total: store.imports.count(),
    rows: rows.map(
      (row): ImportRowView => ({
        id: row.id,
        fileName: row.fileName,
        format: row.format,
        rows: row.rows,
        accepted: row.accepted,
        rejected: row.rejected,
        duplicates: row.duplicates,
        at: row.createdAt,
      }),
    ),
    next: nextOf(rows, input.limit, (row) => row.id),
  };
}

function originOf(store: Store, slot: { checkpointId: string | null; origin: string | null }): string {
  return (slot.checkpointId === null ? slot.origin : store.checkpoints.get(slot.checkpointId)?.name) ?? 'unknown';
}

function whole(messages: readonly Message[]): string {
  return messages.map((message) => message.content).join('\n\n');
}

function nextOf<Row>(rows: readonly Row[], limit: number, key: (row: Row) => string): string | null {
  const last = rows.at(-1);
  return last !== undefined && rows.length === limit ? key(last) : null;
}

/** What a person types, as an FTS5 query: every word must occur, the last one may be unfinished. Null when nothing was typed. */
export function matchOf(search: string): string | null {
  const words = search.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0 ? null : words.map((word, index) => (index === words.length - 1 ? `"${word}"*` : `"${word}"`)).join(' ');
}
