import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ComparisonRowView, JudgmentRowView } from '#shared/api/data.ts';
import { Removal } from '../team/Removal.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import type { Row, TableName } from './columns.tsx';
import classes from './details.module.css';

function ComparisonDetail({ row }: { row: ComparisonRowView }) {
  return (
    <div className={classes.detail}>
      {row.responses.slice(2).map(({ text }, index) => (
        <Fact key={index} name={`Response ${index + 3}`} value={text} />
      ))}
      {row.removed ? (
        <Text size="sm" c="dimmed">
          Taken out: it counts nowhere. It is put back on <TextLink to="/team/pairs">Who gets what</TextLink>.
        </Text>
      ) : (
        <Removal target={{ kind: 'comparison', id: row.id }} button="Take this pair out" />
      )}
    </div>
  );
}

function JudgmentDetail({ row }: { row: JudgmentRowView }) {
  return (
    <div className={classes.detail}>
      {row.hidden && (
        <Text size="sm" c="dimmed" maw="75ch">
          People differ on this pair. Whoever decides votes without knowing what they said, so it shows once it is decided, or once you have
          judged the pair.
        </Text>
      )}
      {row.rationale !== null && <Fact name="Reason" value={row.rationale} />}
      {row.flagged !== null && <Fact name="Flagged" value={row.flagged === '' ? 'without a word' : row.flagged} />}
      {row.ratings.length > 0 && (
        <Fact name="Rated" value={row.ratings.map(({ aspect, chosen, other }) => `${aspect} ${chosen} against ${other}`).join(' · ')} />
      )}
      <Removal target={{ kind: 'comparison', id: row.comparisonId }} button="Take this pair out" />
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <p className={classes.fact}>
      <span>{name}</span> <bdi>{value}</bdi>
    </p>
  );
}

/** What an opened row says beside its columns, and what can be done with it. */
export const detailOf = {
  comparisons: (row: ComparisonRowView) => <ComparisonDetail row={row} />,
  judgments: (row: JudgmentRowView) => <JudgmentDetail row={row} />,
} as Partial<Record<TableName, (row: Row) => ReactNode>>;
