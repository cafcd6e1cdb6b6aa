import { Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type CSSProperties, useEffect } from 'react';
import type { ComparisonReport, ComparisonRow } from '#shared/api/compare.ts';
import { client } from '../app/client.ts';
import { useKey } from '../app/key-bindings.ts';
import { useCommands } from '../app/keyboard.ts';
import { count, formatNumber } from '../ui/format.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { Markdown } from '../ui/Markdown.tsx';
import { MathSign } from '../ui/MathSign.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { TextButton, TextLink } from '../ui/TextLink.tsx';
import classes from './compare.module.css';
import { linesOf, promptWords } from './report.ts';
import type { Reading } from './use-reading.ts';

interface AnswersPanelProps {
  report: ComparisonReport;
  reading: Reading;
}

const pageSize = 40;

/** One prompt's answers side by side; `j` and `k` walk through the prompts. While a blind vote is open, whose answer is whose stays hidden. */
export function AnswersPanel({ report, reading }: AnswersPanelProps) {
  const { position, reveal, move, setReveal } = reading;
  const { ref, width } = useElementSize();
  const query = useInfiniteQuery({
    queryKey: ['compare', 'rows', report.id, reveal, report.votes],
    queryFn: ({ pageParam }) => client.compare.rows.query({ report: report.id, after: pageParam, limit: pageSize, reveal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const at = Math.min(position, Math.max(0, report.prompts - 1));
  const row = rows[at];
  useEffect(() => {
    if (at >= rows.length - 5 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [at, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const previousKey = useKey('list.previous');
  const nextKey = useKey('list.next');
  const last = hasNextPage || rows.length === 0 ? report.prompts - 1 : rows.length - 1;
  useCommands({
    'list.next': () => move(1, last),
    'list.previous': () => move(-1, last),
  });

  if (query.error && rows.length === 0)
    return <ErrorState error={query.error} title="The answers could not be read" onRetry={() => void query.refetch()} />;
  if (!row) {
    return (
      <section className={classes.answers}>
        {query.isPending || isFetchingNextPage ? (
          <Loading rows={6} words="Reading the answers" />
        ) : (
          <Text size="md">This comparison has no prompt {at + 1}.</Text>
        )}
      </section>
    );
  }
  return (
    <section className={classes.answers} aria-label="Answers side by side">
      <header className={classes.promptRow}>
        <span className={classes.promptNumber}>
          Prompt {count(at + 1)} of {count(report.prompts)}
        </span>
        <span className={classes.promptKeys}>
          <button type="button" className={classes.keyButton} aria-label="Previous prompt" onClick={() => move(-1, last)}>
            <Kbd keys={previousKey} />
          </button>
          <button type="button" className={classes.keyButton} aria-label="Next prompt" onClick={() => move(1, last)}>
            <Kbd keys={nextKey} />
          </button>
        </span>
        <h2 className={classes.prompt}>{promptWords(row.prompt)}</h2>
        <Origins report={report} row={row} reveal={reveal} onReveal={setReveal} />
      </header>
      <div ref={ref} style={{ '--lines': linesOf(rows, width) } as CSSProperties}>
        <Columns key={row.promptId} report={report} row={row} />
      </div>
    </section>
  );
}

/** Whether origins show, why not, and the way to show them. */
function Origins({
  report,
  row,
  reveal,
  onReveal,
}: {
  report: ComparisonReport;
  row: ComparisonRow;
  reveal: boolean;
  onReveal: (on: boolean) => void;
}) {
  if (reveal && report.votesWaiting > 0) {
    return (
      <span className={classes.origins}>
        Origins shown. <TextButton onClick={() => onReveal(false)}>Hide them again</TextButton>
      </span>
    );
  }
  if (!row.blind) return <span className={classes.origins}>{voteWords(report, row)}</span>;
  return (
    <span className={classes.origins}>
      Blind until you voted. <TextLink to={`/compare/${report.id}/vote`}>Vote</TextLink> ·{' '}
      <TextButton onClick={() => onReveal(true)}>I am done voting, show origins</TextButton>
    </span>
  );
}

function voteWords(report: ComparisonReport, row: ComparisonRow): string {
  if (row.vote === null) return '';
  if (row.vote === 'tie') return 'Your vote: tie';
  const name = report.checkpoints[row.vote === 'first' ? 0 : 1]?.checkpoint.name;
  return report.checkpoints.length === 2 && name ? `Your vote: ${name}` : 'You voted on it';
}

function Columns({ report, row }: { report: ComparisonReport; row: ComparisonRow }) {
  return (
    <div className={classes.answerColumns} style={{ gridTemplateColumns: `repeat(${row.answers.length}, minmax(0, 1fr))` }}>
      {row.answers.map((answer, index) => {
        const measures = report.checkpoints[index];
        const name = row.blind ? `Answer ${index + 1}` : (measures?.checkpoint.name ?? '');
        return (
          <article key={index} className={classes.answer} aria-label={name}>
            <header className={classes.answerHead}>
              <span>
                <strong>{name}</strong>
                {!row.blind && index === 0 && <span className={classes.pinned}>pinned</span>}
              </span>
              <span className={classes.answerFacts}>
                {answer.reward !== null && (
                  <span>
                    <MathSign tex="r_\varphi" /> {formatNumber(answer.reward, 'signed')}
                  </span>
                )}
                {answer.kl !== null && index > 0 && <span>KL {answer.kl.toFixed(1)}</span>}
                <span>
                  {count(answer.tokens)} tokens{answer.terminated ? '' : ', cut off'}
                </span>
              </span>
            </header>
            <div className={classes.answerText}>
              {answer.text.trim() === '' ? <Text c="dimmed">an empty answer</Text> : <Markdown text={answer.text} />}
            </div>
          </article>
        );
      })}
    </div>
  );
}
