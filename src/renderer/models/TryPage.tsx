import { Button, Group, NumberInput, Select, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { CheckpointView } from '#shared/api/compare.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { counted } from '../ui/format.ts';
import { Page, PageTitle, SectionTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { Pieces } from './Pieces.tsx';
import classes from './try.module.css';
import { useTalk } from './use-talk.ts';

/** The playground: a conversation with a checkpoint, and exactly what it saw. */
export function TryPage() {
  const { checkpoint: id = '' } = useParams();
  const checkpoints = useQuery(queries.checkpoints());
  if (checkpoints.error && !checkpoints.data) {
    return (
      <Page name="Try it">
        <ErrorState error={checkpoints.error} title="The checkpoint could not be read" onRetry={() => void checkpoints.refetch()} />
      </Page>
    );
  }
  if (!checkpoints.data) {
    return (
      <Page name="Try it">
        <Loading rows={4} words="Reading the checkpoint" />
      </Page>
    );
  }
  const models = checkpoints.data.filter(({ kind }) => kind !== 'reward');
  const checkpoint = models.find((candidate) => candidate.id === id);
  if (!checkpoint) {
    return (
      <Page name="Try it">
        <EmptyState title="Nothing here writes answers" actions={<TextLink to="/models">Back to Models</TextLink>}>
          The checkpoint was deleted, or is a reward model.
        </EmptyState>
      </Page>
    );
  }
  return <Talk checkpoint={checkpoint} models={models} />;
}

function Talk({ checkpoint, models }: { checkpoint: CheckpointView; models: CheckpointView[] }) {
  const navigate = useNavigate();
  const talk = useTalk(checkpoint.id);
  useCommands({ 'app.close': () => navigate(`/models/${checkpoint.id}`) });
  // The hand stays where the next question is written.
  const box = useRef<HTMLTextAreaElement>(null);
  const isWaiting = talk.growing !== null;
  useEffect(() => {
    if (!isWaiting) box.current?.focus();
  }, [isWaiting]);
  const { settings, change, draft, setDraft, turns, growing, error, seen, answerIds } = talk;
  return (
    <Page name={`Try ${checkpoint.name}`}>
      <PageTitle
        title={`Talk to ${checkpoint.name}`}
        actions={
          <>
            {turns.length > 0 && (
              <Button variant="subtle" h={36} onClick={talk.startOver}>
                Start over
              </Button>
            )}
            {growing ? (
              <Button variant="default" h={36} onClick={talk.stop}>
                Stop
              </Button>
            ) : (
              <PrimaryButton command="page.start" disabled={draft.trim() === ''} loading={talk.isSending} onClick={talk.send}>
                Ask
              </PrimaryButton>
            )}
          </>
        }
      >
        Nothing that you try out here is kept, and none of it trains anything.
      </PageTitle>
      <div className={classes.page}>
        <section className={classes.talk} aria-label="Conversation">
          {turns.map(({ role, content }, index) => (
            <Turn key={index} by={role} who={role === 'user' ? 'You' : checkpoint.name} text={content} />
          ))}
          {growing && (
            <Turn
              by="assistant"
              who={
                growing.state === 'queued'
                  ? `${checkpoint.name} is being loaded`
                  : `${checkpoint.name}, ${counted(growing.tokens, 'token')} so far`
              }
              text={growing.text}
            />
          )}
          {error !== null && (
            <ErrorState error={error} title="It did not answer">
              What you wrote is still here; ask again.
            </ErrorState>
          )}
          <Textarea
            ref={box}
            aria-label="What you ask"
            placeholder="What do you want to know?"
            value={draft}
            autosize
            minRows={2}
            maxRows={12}
            disabled={growing !== null}
            onChange={(event) => setDraft(event.currentTarget.value)}
          />
        </section>
        <div className={classes.side}>
          <div>
            <FieldRow label="Checkpoint" why="another one takes up the conversation">
              <Select
                aria-label="Checkpoint"
                data={models.map(({ id, name }) => ({ value: id, label: name }))}
                value={checkpoint.id}
                allowDeselect={false}
                onChange={(id) => id && navigate(`/models/${id}/try`, { replace: true })}
              />
            </FieldRow>
            <FieldRow label="Temperature" why="0 always takes the likeliest token">
              <NumberInput
                aria-label="Temperature"
                value={settings.temperature}
                min={0}
                max={5}
                step={0.1}
                onChange={(value) => typeof value === 'number' && change({ temperature: value })}
              />
            </FieldRow>
            <FieldRow label="Longest answer" why="tokens">
              <NumberInput
                aria-label="Longest answer"
                value={settings.maxNewTokens}
                min={1}
                max={4096}
                allowDecimal={false}
                onChange={(value) => typeof value === 'number' && change({ maxNewTokens: value })}
              />
            </FieldRow>
            <FieldRow label="Seed" why="the same seed gives the same answer">
              <NumberInput
                aria-label="Seed"
                value={settings.seed}
                allowDecimal={false}
                onChange={(value) => typeof value === 'number' && change({ seed: value })}
              />
            </FieldRow>
          </div>
          <div>
            <SectionTitle title="What it saw">special tokens are framed</SectionTitle>
            {seen ? (
              <Pieces pieces={seen} label="What it saw" />
            ) : (
              <span className={classes.who}>Ask something, and the very text that the model reads stands here.</span>
            )}
            {answerIds && (
              <Group gap="xs" mt={6}>
                <span className={classes.who}>
                  It wrote {counted(answerIds.count, 'token')}
                  {answerIds.terminated ? ' and ended by itself.' : ' and was cut off.'}
                </span>
              </Group>
            )}
          </div>
        </div>
      </div>
    </Page>
  );
}

function Turn({ by, who, text }: { by: 'system' | 'user' | 'assistant'; who: string; text: string }) {
  return (
    <div className={classes.turn} data-role={by}>
      <span className={classes.who}>{who}</span>
      <div className={classes.said}>{text}</div>
    </div>
  );
}
