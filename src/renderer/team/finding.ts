import { publishedAgreement, publishedKappa } from '#shared/agreement/published.ts';
import type { TeamReport } from '#shared/api/team.ts';
import type { Estimate } from '#shared/domain.ts';
import { fewObservations } from '#shared/statistics.ts';
import { count, counted, formatEstimate } from '../ui/format.ts';

export interface Finding {
  title: string;
  words: string;
}

const small = ['None', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'];
/** `Four of five`; digits above ten. */
const ofWords = (some: number, all: number) =>
  all <= 10 ? `${some === all ? 'All' : small[some]} ${some === all ? '' : 'of '}${(small[all] ?? '').toLowerCase()}` : `${some} of ${all}`;

/** The lowest of the published lines: less is not what preference data looks like. */
const lowest = Math.min(...publishedAgreement.map(({ share }) => share));

/** What the Team screen opens with: who agrees as published annotators do, and what κ of such data looks like. */
export function findingOf(report: TeamReport): Finding {
  const { agreement, kind } = report;
  const who = kind === 'simulated' ? 'simulated annotators' : 'people';
  const overall = agreement.withoutTies;
  if (!overall || overall.n === 0) {
    return {
      title: report.judgments === 0 ? `No judgments by ${who} yet` : 'Nobody has judged the same pair as somebody else yet',
      words: 'Some pairs go to two people. What their answers have in common shows here once they are back.',
    };
  }
  if (isFew(overall)) {
    const same = Math.round(overall.value * overall.n);
    return {
      title: `${asCount(overall)} answers to the same pair ${same === 1 ? 'is' : 'are'} the same`,
      words: `Too few for a percentage: ${counted(fewObservations - overall.n, 'more pair')} that two ${who} judged, ties left out, and agreement gets one.`,
    };
  }
  const measured = report.people.filter(({ rest }) => rest !== null && rest.n >= fewObservations);
  const usual = measured.filter(({ rest }) => rest!.high >= lowest);
  const title =
    measured.length < 2
      ? `${capital(who)} agree ${overall.high >= lowest ? 'as' : 'less than'} published annotators do`
      : `${ofWords(usual.length, measured.length).trim()} ${who} agree as published annotators do`;
  return { title, words: `Same answer in ${formatEstimate(overall, 'percent')} without ties. ${kappaWords(agreement.cohen)}` };
}

function kappaWords(kappa: Estimate | null): string {
  if (!kappa) return '';
  const { low, high } = publishedKappa;
  const range = `${low} to ${high}`;
  const said = `κ ${formatEstimate(kappa, 'plain')}`;
  if (kappa.high < low) return `${said} is below what InstructGPT and HH data look like (${range}).`;
  if (kappa.low > high) return `${said} is above what InstructGPT and HH data look like (${range}).`;
  return `${said} is what InstructGPT and HH data look like (${range}); “fair” on the usual scale does not mean poor here.`;
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** Whether an estimate rests on so little that a percentage, a coefficient or an interval would claim too much. */
export const isFew = ({ n }: Estimate): boolean => n < fewObservations;

/** `11 of 14` under twenty; null where an interval may be drawn. */
export function asCount(estimate: Estimate): string | null {
  return isFew(estimate) ? `${count(estimate.value * estimate.n)} of ${count(estimate.n)}` : null;
}
