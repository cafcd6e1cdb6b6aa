import { Text } from '@mantine/core';
import type { RunDetail } from '#shared/api/runs.ts';
import { count } from '../ui/format.ts';
import { Triangle } from '../ui/Triangle.tsx';
import { firstOfEach, signSentenceStart } from './signs.ts';
import classes from './train.module.css';

/** What went wrong, or may be going wrong: red, with ▼ and the sentence that says step, evidence and what to do. */
export function RunSigns({ run }: { run: RunDetail }) {
  const signs = firstOfEach(run.signs);
  const ended = run.error !== null && (run.state === 'failed' || run.state === 'interrupted');
  if (signs.length === 0 && !ended) return <div className={classes.rule} />;
  return (
    <div className={classes.signs} role="status">
      {ended && (
        <p className={classes.sign}>
          <Triangle />
          <span>
            <strong>
              {run.state === 'failed' ? 'Failed' : 'Interrupted'} at step {count(run.step)}.
            </strong>{' '}
            <Text span inherit style={{ whiteSpace: 'pre-line' }}>
              {run.error}
            </Text>{' '}
            {run.step > 0 ? 'What was kept up to its last state is whole; no judgment was touched.' : 'No judgment was touched.'}
          </span>
        </p>
      )}
      {signs.map((sign) => (
        <p key={sign.sign} className={classes.sign}>
          <Triangle />
          <span>
            <strong>
              {signSentenceStart(sign.sign)} since step {count(sign.step)}.
            </strong>{' '}
            {sign.sentence}
          </span>
        </p>
      ))}
    </div>
  );
}
