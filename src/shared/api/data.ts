import { z } from 'zod';
import type { Message, Split } from '../domain.ts';

/** Formats of this release; spec/formats.md lists the rest. */
export const importFormat = z.enum(['prompts', 'pairs', 'responses', 'ultrafeedback', 'trl', 'trl_conversational', 'hh', 'csv']);
export type ImportFormat = z.infer<typeof importFormat>;

/** Which column or key of the file holds what. Only what the format needs is set. */
export const fieldMap = z.partialRecord(
  z.enum(['prompt', 'response_1', 'response_2', 'preference', 'chosen', 'rejected', 'topic', 'origin_1', 'origin_2']),
  z.string(),
);
export type FieldMap = z.infer<typeof fieldMap>;

/** `file` is the id that POST /files/uploads answered with. */
export const inspectInput = z.strictObject({ file: z.string(), format: importFormat.nullable().default(null), map: fieldMap.default({}) });
export const importInput = z.strictObject({
  file: z.string(),
  format: importFormat,
  map: fieldMap.default({}),
  duplicates: z.enum(['skip', 'keep']).default('skip'),
  /** Whose judgments a file's preferences are: people's, or a model's (AI feedback, kept apart). */
  judgedBy: z.enum(['person', 'model']).default('person'),
  judgeName: z.string().max(80).default('Imported'),
});

export interface RejectedRow {
  line: number;
  reason: string;
  /** The beginning of the offending text. */
  text: string;
}

export interface Inspection {
  fileName: string;
  bytes: number;
  /** Null when nothing known fits; then the page asks for a format and a mapping. */
  format: ImportFormat | null;
  columns: string[];
  map: FieldMap;
  /** The first rows as they would be imported. */
  rows: { line: number; prompt: Message[]; responses: string[]; preference: string | null }[];
  rowCount: number;
  acceptedCount: number;
  /** `ranked` are rankings of more than two. */
  preferences: { first: number; second: number; ties: number; ranked: number; none: number };
  rejected: RejectedRow[];
  rejectedCount: number;
}

export interface ImportResult {
  importId: string;
  format: ImportFormat;
  rows: number;
  accepted: number;
  /** Rows that cannot be read, and votes that contradict what their judge said before, with the line. */
  rejected: RejectedRow[];
  /** Rows that bring nothing new; `repeated` of them stand earlier in the same file. */
  duplicates: number;
  repeated: number;
}

/** `judgments`: every judgment with all that is known of it, one a line; the others are what trainers read, one verdict a pair. */
export const exportFormat = z.enum(['trl', 'trl_conversational', 'prompts', 'judgments']);
export type ExportFormat = z.infer<typeof exportFormat>;
export const exportInput = z.strictObject({
  format: exportFormat,
  ties: z.enum(['drop', 'half', 'error']).default('drop'),
  split: z.enum(['train', 'held_out', 'all']).default('all'),
  includeSimulated: z.boolean().default(false),
});
export interface ExportPreview {
  rows: number;
  /** By the policy; `disagreement`: as many said the one as the other, or it is not decided yet. */
  dropped: { ties: number; bothBad: number; disagreement: number };
  sample: string[];
}

export const listInput = z.strictObject({
  table: z.enum(['prompts', 'comparisons', 'judgments', 'imports']),
  search: z.string().max(200).default(''),
  /** Key of the last row seen; pages go by key, not by offset. */
  after: z.string().nullable().default(null),
  limit: z.int().min(1).max(200).default(100),
});
export interface PromptRowView {
  id: string;
  text: string;
  topic: string | null;
  split: Split;
  responses: number;
  source: string;
}
export interface ComparisonRowView {
  id: string;
  prompt: string;
  responses: { text: string; origin: string }[];
  judgments: number;
  purpose: string;
  /** A lead took it out of every count. */
  removed: boolean;
}
export interface JudgmentRowView {
  id: string;
  comparisonId: string;
  prompt: string;
  person: string;
  kind: string;
  /**
   * True while people differ on the pair and whoever asks has not judged it: they may be the one who decides, and vote without knowing what was said. Then `choice` and
   * the two texts are empty, and nothing is said of reasons and ratings.
   */
  hidden: boolean;
  choice: string;
  strength: number | null;
  decidedAt: number;
  rationale: string | null;
  flagged: string | null;
  /** From 1 to 5, of the two responses by each aspect that the guideline asked for. */
  ratings: { aspect: string; chosen: number; other: number }[];
  chosen: string;
  other: string;
}
export interface ImportRowView {
  id: string;
  fileName: string;
  format: string;
  rows: number;
  accepted: number;
  rejected: number;
  duplicates: number;
  at: number;
}
export interface ListPage {
  /** Of all pages; null where more were found than one page holds and counting them would read every judgment. */
  total: number | null;
  rows: (PromptRowView | ComparisonRowView | JudgmentRowView | ImportRowView)[];
  next: string | null;
}

export interface DataApi {
  inspect(input: z.output<typeof inspectInput>): Promise<Inspection>;
  /** One transaction or nothing. `onProgress` gets rows read so far. */
  import(input: z.output<typeof importInput>, onProgress?: (rows: number) => void): Promise<ImportResult>;
  previewExport(input: z.output<typeof exportInput>): ExportPreview;
  /** Writes the file (temporary name, fsync, rename) and returns what it holds. */
  export(path: string, input: z.output<typeof exportInput>): ExportPreview & { path: string };
  /** @param viewer who asks; null: nobody of the project */
  list(input: z.output<typeof listInput>, viewer: string | null): ListPage;
}
