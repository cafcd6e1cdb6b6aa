import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import type { MineRow } from '#shared/api/labeling.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { sentenceFor } from '../ui/sentence.ts';
import { TextButton } from '../ui/TextLink.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { wordsOfJudgment } from './answers.ts';
import guideline from './Guideline.module.css';
import classes from './MinePanel.module.css';

interface MinePanelProps {
  onClose: () => void;
  onChoose: (assignmentId: string) => void;
  /** Changes with every judgment that is saved, so that the list is read anew. */
  judged: number;
}

/** One's own judgments beside the work: found by a word, read again, judged anew. */
export function MinePanel({ onClose, onChoose, judged }: MinePanelProps) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search, 150);
  const found = useInfiniteQuery({
    queryKey: ['labeling', 'mine', settled, judged],
    queryFn: ({ pageParam }) => client.labeling.mine.query({ search: settled, before: pageParam, limit: 30 }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
  useCommands({ 'app.close': onClose });
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <aside className={guideline.guideline} aria-label="Your judgments">
      <div className={guideline.head}>
        <h2>Your judgments</h2>
        <CloseButton size="sm" onClick={onClose} aria-label="Close your judgments" />
      </div>
      <TextInput
        aria-label="Find in your judgments"
        placeholder="Find by a word of the prompt or of a response"
        value={search}
        autoFocus
        onChange={(event) => setSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          else if (event.key === 'ArrowDown') event.currentTarget.closest('aside')?.querySelector<HTMLElement>('[data-mine]')?.focus();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {found.error && <p className={guideline.none}>{sentenceFor(found.error)}</p>}
      {found.isSuccess && rows.length === 0 && (
        <p className={guideline.none}>
          {settled === '' ? 'What you judge is listed here, to be read again and changed.' : 'No judgment of yours has these words.'}
        </p>
      )}
      <ul className={classes.list} onKeyDown={walk}>
        {rows.map((row) => (
          <li key={row.assignmentId}>
            <button type="button" data-mine className={classes.row} onClick={() => onChoose(row.assignmentId)}>
              <span className={classes.prompt} dir="auto">
                {row.prompt}
              </span>
              <span className={classes.said}>
                {saidOf(row)} · <TimeAgo at={row.judgment.decidedAt} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <TextButton onClick={() => void found.fetchNextPage()}>{found.isFetchingNextPage ? 'Reading …' : 'Earlier ones'}</TextButton>
      )}
    </aside>
  );
}

function saidOf({ judgment, shown }: MineRow): string {
  const words = wordsOfJudgment(judgment, shown);
  return judgment.rationale ? `${words}, with a reason` : words;
}

/** The arrows move from row to row, as in any list. */
function walk(event: KeyboardEvent<HTMLUListElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-mine]')];
  rows[rows.indexOf(document.activeElement as HTMLElement) + step]?.focus();
  event.preventDefault();
  event.stopPropagation();
}
