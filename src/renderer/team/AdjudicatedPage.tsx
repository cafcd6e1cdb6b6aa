import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { AdjudicatedPair } from '#shared/api/team.ts';
import { count, counted } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import classes from './AdjudicatedPage.module.css';
import { teamQueries } from './queries.ts';
import { Removal } from './Removal.tsx';
import { TeamNav } from './TeamNav.tsx';
import team from './team.module.css';

/** Pairs that people could not agree on: those that wait for a decision, and the decided ones with what others had said. */
export function AdjudicatedPage() {
  const navigate = useNavigate();
  const queues = useQuery(teamQueries.queues());
  const decided = useQuery(teamQueries.adjudicated());
  const error = queues.error ?? decided.error;
  if (error && !(queues.data && decided.data)) {
    return (
      <Page name="Disputes">
        <TeamNav />
        <ErrorState
          error={error}
          title="The disputes could not be read"
          onRetry={() => {
            void queues.refetch();
            void decided.refetch();
          }}
        />
      </Page>
    );
  }
  if (!queues.data || !decided.data) {
    return (
      <Page name="Disputes">
        <TeamNav />
        <Loading rows={4} words="Reading the disputes" />
      </Page>
    );
  }
  const { disputes, forAdjudication, rules } = queues.data;
  return (
    <Page name="Disputes">
      <TeamNav />
      <PageTitle
        title={
          forAdjudication > 0
            ? `${counted(forAdjudication, 'pair')} wait${forAdjudication === 1 ? 's' : ''} for your decision`
            : disputes.undecided > 0
              ? `${counted(disputes.undecided, 'pair')} wait${disputes.undecided === 1 ? 's' : ''} for somebody who has not judged ${disputes.undecided === 1 ? 'it' : 'them'}`
              : 'No pair waits for a decision'
        }
        actions={
          forAdjudication > 0 && (
            <PrimaryButton onClick={() => navigate('/team/decide')}>Decide the next {count(forAdjudication)}</PrimaryButton>
          )
        }
      >
        Where two differ a third is asked, up to {count(rules.mostPeople)} people. What stays undecided is yours: you vote before you see
        what they said, and your word alone trains.{' '}
        {disputes.open > 0 && `${counted(disputes.open, 'pair')} ${disputes.open === 1 ? 'waits' : 'wait'} for one more person.`}
      </PageTitle>
      {decided.data.map((pair) => (
        <Decided key={pair.comparisonId} pair={pair} />
      ))}
    </Page>
  );
}

const strengthWords = ['', '', ' clearly', ' much'];

function answerWords(answer: number): string {
  if (answer === 0) return 'a tie';
  const strength = Math.abs(answer);
  return `the ${answer < 0 ? 'first' : 'second'}${strength > 1 ? `,${strengthWords[strength]} better` : ''}`;
}

function Decided({ pair }: { pair: AdjudicatedPair }) {
  return (
    <article className={classes.decided}>
      <h2 className={team.sectionTitle}>{pair.prompt}</h2>
      <div className={classes.decidedTexts}>
        {pair.responses.map(({ slot, text }) => (
          <p key={slot}>
            <span className={classes.which}>{slot === 0 ? 'First' : 'Second'}</span>
            {text}
          </p>
        ))}
      </div>
      <p className={team.small}>
        {pair.decided.name} decided: {answerWords(pair.decided.answer)}. Before:{' '}
        {pair.others.map(({ name, answer }) => `${name} ${answerWords(answer)}`).join('; ')}.
        {pair.others.map(({ name, rationale }) => rationale && ` ${name}: “${rationale}”`)}
      </p>
      <Removal target={{ kind: 'comparison', id: pair.comparisonId }} button="Take this pair out" />
    </article>
  );
}
