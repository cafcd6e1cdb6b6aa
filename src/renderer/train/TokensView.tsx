import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type CSSProperties, useState } from 'react';
import { client } from '../app/client.ts';
import { formatNumber } from '../ui/format.ts';
import { sentenceFor } from '../ui/sentence.ts';
import classes from './TokensView.module.css';
import { type TokenMeasure, tintOf, tokenMeasures, valuesOf } from './token-heat.ts';

/** An answer token by token, each tinted by one measure: blue for more, orange for less. The number is on hover and on focus, and read out. */
export function TokensView({ run, step, promptId }: { run: string; step: number; promptId: string }) {
  const [measure, setMeasure] = useState<TokenMeasure>('logRatios');
  const [read, setRead] = useState<number | null>(null);
  const { data, error } = useQuery({
    queryKey: ['runs', 'sample-tokens', run, step, promptId],
    queryFn: () => client.runs.sampleTokens.query({ run, step, promptId }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return <p role="alert">{sentenceFor(error)}</p>;
  if (data === undefined) return <p className={classes.foot}>Reading the tokens …</p>;
  if (data === null) return <p className={classes.foot}>This answer was not kept token by token.</p>;
  const measures = tokenMeasures.filter((one) => valuesOf(data, one.measure) !== null);
  const values = valuesOf(data, measure) ?? [];
  const words = measures.find((one) => one.measure === measure)?.words ?? '';
  const shown = read === null ? null : values[read];
  return (
    <div>
      {measures.length > 1 && (
        <SegmentedControl
          size="xs"
          aria-label="What the tint says"
          value={measure}
          onChange={(value) => setMeasure(value as TokenMeasure)}
          data={measures.map((one) => ({ value: one.measure, label: one.label }))}
        />
      )}
      <p className={classes.tokens} onMouseLeave={() => setRead(null)}>
        {data.tokens.map((token, index) => {
          const value = values[index] ?? 0;
          const tint = tintOf(value, values);
          return (
            <button
              key={index}
              type="button"
              className={classes.token}
              style={{ '--tint': `${Math.round(Math.abs(tint) * 45)}%` } as CSSProperties}
              data-side={tint < 0 ? 'less' : 'more'}
              aria-label={`${token}: ${formatNumber(value, 'signed')}`}
              onMouseEnter={() => setRead(index)}
              onFocus={() => setRead(index)}
            >
              {token}
            </button>
          );
        })}
      </p>
      <p className={classes.foot} aria-live="polite">
        {read !== null && shown !== undefined && shown !== null ? (
          <>
            <span className={classes.read}>{data.tokens[read]?.trim() || '␣'}</span> {formatNumber(shown, 'signed')}: {words}
          </>
        ) : (
          words
        )}
      </p>
    </div>
  );
}
