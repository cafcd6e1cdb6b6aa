import { Text } from '@mantine/core';
import type { RunDetail, RunSample } from '#shared/api/runs.ts';
import { metricValue } from './metric-words.ts';
import type { RunSeries } from './run-series.ts';
import { SamplesPanel } from './SamplesPanel.tsx';
import classes from './side.module.css';

/** Beside an SFT run's loss: what it comes to on prompts it never saw. */
export function SftPanel({ run, series, samples }: { run: RunDetail; series: RunSeries; samples: RunSample[] }) {
  if (samples.length > 0) return <SamplesPanel run={run.id} samples={samples} />;
  const loss = series.latest('sft/held_out_loss');
  const accuracy = series.latest('sft/token_accuracy');
  return (
    <section aria-label="On held-out prompts">
      <h2 className={classes.sideTitle}>On held-out prompts</h2>
      {loss === null ? (
        <Text size="md" c="dimmed" maw="58ch" mt={8}>
          Measured every few steps on {run.data.heldOut} answers that it does not train on.
        </Text>
      ) : (
        <>
          <p className={classes.bigNumber}>{metricValue(Math.exp(loss))}</p>
          <Text size="md" maw="58ch">
            perplexity: it hesitates as between that many equally likely tokens
            {accuracy === null ? '' : `, and guesses ${Math.round(accuracy * 100)}% of them right`}.
          </Text>
        </>
      )}
    </section>
  );
}
