import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { z } from 'zod';
import type { ExportPreview, exportInput } from '#shared/api/data.ts';
import type { Message } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { CountedJudgment } from '#store/queries/judgments.ts';
import type { Store } from '#store/store.ts';
import { type JudgedPair, verdictsOf } from './policy.ts';
import { wholeJudgments } from './whole-judgments.ts';

type Input = z.output<typeof exportInput>;
/** Rows that a preview shows as they would be written. */
const shownRows = 5;

/** What the export would hold, without writing it. */
export function previewExport(store: Store, input: Input): ExportPreview {
  const { lines, dropped } = linesFor(store, input);
  const sample: string[] = [];
  let rows = 0;
  for (const line of lines) {
    rows += 1;
    if (sample.length < shownRows) sample.push(line);
  }
  return { rows, dropped, sample };
}

/** Writes the export beside its final name, makes it durable, and renames it there. @throws PlainError when ties are forbidden and there are some, or the disk is full */
export function exportFile(store: Store, path: string, input: Input): ExportPreview & { path: string } {
  const { lines, dropped } = linesFor(store, input);
  if (input.ties === 'error' && dropped.ties > 0) {
    throw new PlainError(
      'bad_input',
      `Ties are forbidden in this export, and there are some (${dropped.ties}). Choose to drop them or to write each once each way.`,
    );
  }
  const preview: ExportPreview = { rows: 0, dropped, sample: [] };
  const hash = createHash('sha256');
  const temporary = `${path}.${newId('tmp')}`;
  try {
    const file = openSync(temporary, 'wx');
    try {
      for (const line of lines) {
        preview.rows += 1;
        if (preview.sample.length < shownRows) preview.sample.push(line);
        hash.update(line).update('\n');
        writeFileSync(file, `${line}\n`);
      }
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const full = code === 'ENOSPC';
    throw new PlainError(
      full ? 'no_space' : 'bad_input',
      full
        ? `The disk is full: ${path} was not written. Free some space and export again.`
        : `${path} cannot be written (${code}). Choose another place.`,
      { cause: error },
    );
  }
  store.exports.insert({
    id: newId('exp'),
    fileName: basename(path),
    fileHash: hash.digest('hex'),
    format: input.format,
    policy: { ties: input.ties, split: input.split, includeSimulated: input.includeSimulated },
    rows: preview.rows,
    dropped,
    createdAt: Date.now(),
  });
  return { ...preview, path };
}

function linesFor(store: Store, input: Input): { lines: Iterable<string>; dropped: ExportPreview['dropped'] } {
  const inSplit = (split: string) => input.split === 'all' || input.split === split;
  if (input.format === 'prompts') {
    const prompts = store.prompts.all().filter((prompt) => inSplit(prompt.split));
    return {
      lines: prompts.map((prompt) => JSON.stringify(promptObject(prompt.messages))),
      dropped: { ties: 0, bothBad: 0, disagreement: 0 },
    };
  }
  if (input.format === 'judgments') return wholeJudgments(store, input);
  // People's judgments; simulated ones only when asked for, a model's never: an export would no longer say which is which.
  const kinds = input.includeSimulated ? ['person', 'simulated'] : ['person'];
  const judgments = store.judgments.counted().filter((judgment) => kinds.includes(judgment.kind) && inSplit(judgment.split));
  const undecided = new Set(store.demand.undecided().map(({ id }) => id));
  const [waiting, settled] = [true, false].map((waits) => judgments.filter(({ comparisonId }) => undecided.has(comparisonId) === waits));
  const { verdicts, dropped } = verdictsOf(lastWords(store, settled!).flatMap(judgedPairs), input.ties);
  dropped.disagreement += new Set(waiting!.map(({ comparisonId }) => comparisonId)).size;
  return { lines: preferenceLines(store, verdicts, input.format), dropped };
}

/** Of a pair that was adjudicated the adjudicator's judgment alone, as in training. */
function lastWords(store: Store, judgments: readonly CountedJudgment[]): CountedJudgment[] {
  const decider = new Map(store.checks.adjudicated(Number.MAX_SAFE_INTEGER).map(({ comparisonId, personId }) => [comparisonId, personId]));
  const isLast = ({ comparisonId, personId }: CountedJudgment) => decider.get(comparisonId) === personId;
  const decided = new Set(judgments.filter(isLast).map(({ comparisonId }) => comparisonId));
  return judgments.filter((judgment) => !decided.has(judgment.comparisonId) || isLast(judgment));
}

function* preferenceLines(store: Store, verdicts: ReturnType<typeof verdictsOf>['verdicts'], format: Input['format']): Generator<string> {
  for (const { comparisonId, chosen, rejected } of verdicts) {
    const comparison = store.comparisons.get(comparisonId);
    const prompt = comparison && store.prompts.get(comparison.promptId);
    const slots = store.comparisons.slots(comparisonId);
    const [better, worse] = [slots[chosen], slots[rejected]];
    if (!prompt || !better || !worse) continue;
    const conversational = format === 'trl_conversational';
    yield JSON.stringify(
      conversational
        ? { prompt: prompt.messages, chosen: better.messages, rejected: worse.messages }
        : { prompt: plain(prompt.messages), chosen: plain(better.messages), rejected: plain(worse.messages) },
    );
  }
}

function judgedPairs({ comparisonId, ranking, bothBad }: CountedJudgment): JudgedPair[] {
  if (bothBad) return [{ comparisonId, slots: [0, 1], better: 'both_bad' }];
  if (ranking === null) return [];
  const placeOf = new Map(ranking.flatMap((group, place) => group.map((slot) => [slot, place] as const)));
  const slots = [...placeOf.keys()].sort((one, other) => one - other);
  return slots.flatMap((low, index) =>
    slots.slice(index + 1).map((high): JudgedPair => {
      const ahead = placeOf.get(high)! - placeOf.get(low)!;
      return { comparisonId, slots: [low, high], better: ahead === 0 ? 'tie' : ahead > 0 ? 0 : 1 };
    }),
  );
}

function promptObject(messages: Message[]): { prompt: string } | { messages: Message[] } {
  return messages.length === 1 && messages[0]?.role === 'user' ? { prompt: messages[0].content } : { messages };
}

/** One turn as its text; a longer conversation in HH's form, which keeps who spoke. */
function plain(messages: Message[]): string {
  if (messages.length === 1) return messages[0]?.content ?? '';
  return messages
    .map((turn) => `\n\n${turn.role === 'assistant' ? 'Assistant' : turn.role === 'user' ? 'Human' : 'System'}: ${turn.content}`)
    .join('');
}
