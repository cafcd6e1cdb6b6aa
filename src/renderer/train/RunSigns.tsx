import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RunDetail, RunSign } from '#shared/api/runs.ts';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { sentenceFor } from '../ui/sentence.ts';
import { TimeAgo } from '../ui/TimeAgo.tsx';
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
        <SignLine key={sign.sign} run={run.id} sign={sign} />
      ))}
    </div>
  );
}

/** One sign. Whoever has read it says so with one click; it stays, no longer in red, with their name. */
function SignLine({ run, sign }: { run: string; sign: RunSign }) {
  const cache = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: () => client.runs.acknowledge.mutate({ run, sign: sign.sign }),
    onSettled: () => cache.invalidateQueries({ queryKey: queries.run(run).queryKey }),
  });
  const name = signSentenceStart(sign.sign);
  return (
    <div className={classes.sign} data-seen={sign.seen ? true : undefined}>
      <Triangle />
      <span>
        <strong>
          {name} since step {count(sign.step)}.
        </strong>{' '}
        {sign.sentence}
        {acknowledge.error && ` That it was seen could not be stored: ${sentenceFor(acknowledge.error)}`}
      </span>
      <span className={classes.signSeen}>
        {sign.seen ? (
          <>
            seen by {sign.seen.by}, <TimeAgo at={sign.seen.at} />
          </>
        ) : (
          <Button
            size="compact-xs"
            variant="default"
            loading={acknowledge.isPending}
            aria-label={`${name}: seen`}
            onClick={() => acknowledge.mutate()}
          >
            Seen
          </Button>
        )}
      </span>
    </div>
  );
}
