import type { CheckpointMeasures, ComparisonReport } from '#shared/api/compare.ts';
import { count } from '../ui/format.ts';
import { Interval } from '../ui/Interval.tsx';
import { Num } from '../ui/Num.tsx';
import classes from './compare.module.css';
import { verdictOf, votesOf, whatDecides } from './verdict.ts';

interface StudyPanelProps {
  report: ComparisonReport;
  challenger: CheckpointMeasures;
  reference: CheckpointMeasures;
}

const verdictWords = {
  better: 'Better',
  worse: 'Worse',
  undecided: 'Undecided',
  'too few': 'Undecided',
  'not judged': 'Not judged',
} as const;

/** The one large number of the page: how often people preferred it, blind. */
export function StudyPanel({ report, challenger, reference }: StudyPanelProps) {
  const { winRate, equalAnswers } = challenger;
  const verdict = verdictOf(winRate);
  return (
    <section aria-label="Blind votes">
      <h2 className={classes.sectionTitle}>
        Blind votes: {challenger.checkpoint.name} against {reference.checkpoint.name}
      </h2>
      {winRate && (
        <div className={classes.bigRow}>
          <p className={classes.bigNumber}>
            {winRate.rate ? <Num value={winRate.rate} kind="percent" /> : `${winRate.wins} of ${votesOf(winRate)}`}
          </p>
          <span className={classes.verdict}>{verdictWords[verdict]}</span>
        </div>
      )}
      {winRate && votesOf(winRate) > 0 && (
        <div className={classes.outcomes} role="img" aria-label={`${winRate.wins} won, ${winRate.ties} tied, ${winRate.losses} lost`}>
          <Outcome votes={winRate.wins} words="won" kind="won" />
          <Outcome votes={winRate.ties} words="tied" kind="tied" />
          <Outcome votes={winRate.losses} words="lost" kind="lost" />
        </div>
      )}
      {winRate?.rate && (
        <div className={classes.bigInterval}>
          <Interval estimate={winRate.rate} domain={[0, 1]} reference={{ value: 0.5, name: '50%, no difference' }} named height={24} />
        </div>
      )}
      <p className={classes.decides}>
        {whatDecides(winRate, report.votesWaiting)}
        {winRate?.rate && ' Ties count half; brackets: 95%.'}
        {equalAnswers > 0 &&
          ` ${count(equalAnswers)} ${equalAnswers === 1 ? 'prompt got' : 'prompts got'} the same answer from both: ties that nobody needs to see.`}
      </p>
    </section>
  );
}

function Outcome({ votes, words, kind }: { votes: number; words: string; kind: string }) {
  if (votes === 0) return null;
  return (
    <span data-kind={kind} style={{ flexGrow: votes }}>
      {count(votes)} {words}
    </span>
  );
}
