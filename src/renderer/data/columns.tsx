import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ComparisonRowView, ImportRowView, JudgmentRowView, ListPage, PromptRowView } from '#shared/api/data.ts';
import { count } from '../ui/format.ts';
import { TimeAgo } from '../ui/TimeAgo.tsx';

export type TableName = 'prompts' | 'comparisons' | 'judgments' | 'imports';
export type Row = ListPage['rows'][number];

/** A column of one of the tables: `grow` shares what the fixed widths leave. */
export interface Column<R> {
  title: string;
  width?: number;
  grow?: number;
  numeric?: boolean;
  cell: (row: R) => ReactNode;
}

const dim = (text: ReactNode) => (
  <Text span inherit c="dimmed">
    {text}
  </Text>
);
const split = (value: string) => dim(value === 'held_out' ? 'held out' : 'train');
/** Simulated and model judgments always carry their kind; people's need no word. */
const whose = (row: JudgmentRowView) => (row.kind === 'person' ? row.person : `${row.person} · ${row.kind}`);

const prompts: Column<PromptRowView>[] = [
  { title: 'Prompt', grow: 4, cell: (row) => row.text },
  { title: 'Topic', width: 120, cell: (row) => dim(row.topic ?? '') },
  { title: 'Split', width: 80, cell: (row) => split(row.split) },
  { title: 'Responses', width: 90, numeric: true, cell: (row) => count(row.responses) },
  { title: 'From', width: 180, cell: (row) => dim(row.source) },
];
const comparisons: Column<ComparisonRowView>[] = [
  { title: 'Prompt', grow: 2, cell: (row) => row.prompt },
  { title: 'One response', grow: 2, cell: (row) => row.responses[0]?.text },
  {
    title: 'The other',
    grow: 2,
    cell: (row) =>
      row.responses
        .slice(1)
        .map(({ text }) => text)
        .join('\n\n'),
  },
  { title: 'For', width: 90, cell: (row) => dim(row.removed ? 'taken out' : row.purpose) },
  { title: 'Judgments', width: 90, numeric: true, cell: (row) => count(row.judgments) },
];
const judgments: Column<JudgmentRowView>[] = [
  { title: 'When', width: 110, cell: (row) => dim(<TimeAgo at={row.decidedAt} />) },
  { title: 'Who', width: 170, cell: whose },
  { title: 'Prompt', grow: 2, cell: (row) => row.prompt },
  { title: 'Preferred', grow: 2, cell: (row) => (row.hidden ? dim('hidden until the pair is decided') : row.chosen) },
  { title: 'Over', grow: 2, cell: (row) => row.other },
  { title: 'Choice', width: 80, cell: (row) => `${row.choice}${row.strength === 3 ? ', much' : ''}` },
];
const imports: Column<ImportRowView>[] = [
  { title: 'When', width: 130, cell: (row) => dim(<TimeAgo at={row.at} />) },
  { title: 'File', grow: 3, cell: (row) => row.fileName },
  { title: 'Read as', width: 150, cell: (row) => dim(row.format) },
  { title: 'Rows', width: 90, numeric: true, cell: (row) => count(row.rows) },
  { title: 'Imported', width: 90, numeric: true, cell: (row) => count(row.accepted) },
  { title: 'Duplicates', width: 90, numeric: true, cell: (row) => count(row.duplicates) },
  { title: 'Rejected', width: 90, numeric: true, cell: (row) => count(row.rejected) },
];

export const columnsOf = { prompts, comparisons, judgments, imports } as Record<TableName, Column<Row>[]>;
