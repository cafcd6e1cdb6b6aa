import { publishedAgreement } from '#shared/agreement/published.ts';
import type { TeamFlag } from '#shared/api/team.ts';
import { wilsonInterval } from '#shared/statistics.ts';
import { type CoupleSums, type Ledger, type Share, stretches } from './ledger.ts';
import { normalQuantile } from './normal-quantile.ts';

/** More than this share of judgments faster than the pair can be read is a sign (the limit drawn on the Team screen). */
export const fastLimit = 0.05;
/** Differences smaller than this are nobody's fault, however surely they are measured. */
const leastSide = 0.05;
const leastGap = 0.1;
/** A gold answer is known whoever else was asked: one person alone is held to how often two people agree in the least agreeing of published data. */
const leastAgreement = Math.min(...publishedAgreement.map(({ share }) => share));
/** How many figures of each person are looked at. */
const figures = 6;

const percent = (share: number) => `${Math.round(100 * share)}%`;
const rate = ({ hits, n }: Share) => hits / n;

/** By person number: the same answer to a swapped repeat, and the known answer to a gold pair. */
export interface Checks {
  self: ReadonlyMap<number, Share>;
  gold: ReadonlyMap<number, Share>;
}

/**
 * What stands out of each person's judgments, by number. Every bound holds for all people and figures together at 95% (Bonferroni), so that a team
 * with nothing to find is left alone 19 times out of 20.
 */
export function flagsOf(ledger: Ledger, checks: Checks): Map<number, TeamFlag[]> {
  const people = [...ledger.people.keys()];
  const z = normalQuantile(1 - 0.025 / Math.max(1, people.length * figures));
  const flags = new Map(people.map((person) => [person, [] as TeamFlag[]]));
  for (const [person, { traits }] of ledger.people) {
    const flag = sideFlag(traits.leftSide, z);
    if (flag) flags.get(person)!.push(flag);
    if (traits.fast.n > 0 && wilsonInterval(traits.fast.hits, traits.fast.n, z).low > fastLimit)
      flags.get(person)!.push(fastFlag(traits.fast));
  }
  for (const [person, flag] of belowOthers(people, checks.self, z, null, selfFlag)) flags.get(person)!.push(flag);
  for (const [person, flag] of belowOthers(people, checks.gold, z, leastAgreement, goldFlag)) flags.get(person)!.push(flag);
  const couples = [...ledger.couples.values()];
  const drifting = worstFirst(people, (person, without) => {
    const { early, late } = halves(historyOf(person, couples, without));
    return gapOf(early, late, z, (was, is) => ({
      kind: 'drift',
      words: 'drifting apart',
      sentence: `Agreement with the rest was ${percent(was)} at first and has been ${percent(is)} since.`,
      advice: 'Read the guideline together again, or look for what changed.',
    }));
  });
  for (const [person, flag] of drifting) flags.get(person)!.push(flag);
  const apart = worstFirst(people, (person, gone) => {
    const without = new Set([...gone, ...drifting.keys()]);
    if (drifting.has(person)) return null;
    const own = sumOf(historyOf(person, couples, without));
    const others = couples.filter(({ low, high }) => low !== person && high !== person && !without.has(low) && !without.has(high));
    return gapOf(sumOf(others.flatMap(({ lowStretches }) => lowStretches)), own, z, (usual, is) => ({
      kind: 'apart',
      words: 'apart from the rest',
      sentence: `Agreement with the rest is ${percent(is)}, that of the others with each other ${percent(usual)}.`,
      advice: 'They may see something that the guideline does not say: look at what they differ on together.',
    }));
  });
  for (const [person, flag] of apart) flags.get(person)!.push(flag);
  return flags;
}

function sideFlag(side: Share, z: number): TeamFlag | null {
  if (side.n === 0) return null;
  const { low, high } = wilsonInterval(side.hits, side.n, z);
  if (Math.abs(rate(side) - 0.5) <= leastSide || (low <= 0.5 && high >= 0.5)) return null;
  const which = rate(side) > 0.5 ? 'left' : 'right';
  const share = which === 'left' ? rate(side) : 1 - rate(side);
  return {
    kind: 'side',
    words: `${which} side`,
    sentence: `The ${which} one is picked in ${percent(share)} of ${side.n} judgments, where sides are drawn by lot.`,
    advice: 'Ask them to read both before they choose.',
  };
}

function fastFlag(fast: Share): TeamFlag {
  return {
    kind: 'fast',
    words: 'too fast',
    sentence: `${percent(rate(fast))} of ${fast.n} judgments came faster than both responses can be read.`,
    advice: 'Look at some of them before they train anything.',
  };
}

function selfFlag(usual: number, { hits, n }: Share): TeamFlag {
  return {
    kind: 'self',
    words: 'unlike oneself',
    sentence: `The same answer came again in ${hits} of ${n} pairs that were shown twice, sides swapped; with the others in ${percent(usual)}.`,
    advice: 'Ask them to read both before they choose, and what made them change their mind.',
  };
}

function goldFlag(usual: number, { hits, n }: Share): TeamFlag {
  return {
    kind: 'gold',
    words: 'misses gold',
    sentence: `The known answer was found in ${hits} of ${n} gold pairs, where ${percent(usual)} is usual.`,
    advice: 'Look at these pairs together: either the guideline was misread, or the gold is wrong.',
  };
}

interface Finding {
  /** The lower bound of the gap: who is most surely off is named first. */
  surely: number;
  flag: TeamFlag;
}

/**
 * Names the one who is most surely off, then looks at the others without what they share with that one, and so on: whoever judges the same pairs as
 * somebody who drifts seems to drift too.
 */
function worstFirst(
  people: readonly number[],
  look: (person: number, without: ReadonlySet<number>) => Finding | null,
): Map<number, TeamFlag> {
  const found = new Map<number, TeamFlag>();
  for (;;) {
    const without = new Set(found.keys());
    let worst: { person: number; finding: Finding } | null = null;
    for (const person of people) {
      if (without.has(person)) continue;
      const finding = look(person, without);
      if (finding && (worst === null || finding.surely > worst.finding.surely)) worst = { person, finding };
    }
    if (!worst) return found;
    found.set(worst.person, worst.finding.flag);
  }
}

/** Who is below what the others reach together; where nobody else was asked, below `line`. */
function belowOthers(
  people: readonly number[],
  shares: ReadonlyMap<number, Share>,
  z: number,
  line: number | null,
  flag: (usual: number, own: Share) => TeamFlag,
): Map<number, TeamFlag> {
  return worstFirst(people, (person, without) => {
    const own = shares.get(person);
    if (!own) return null;
    const others = sumOf(people.filter((other) => other !== person && !without.has(other)).flatMap((other) => shares.get(other) ?? []));
    return gapOf(others.n > 0 ? others : line, own, z, (usual) => flag(usual, own));
  });
}

/** A finding if `is` lies at least {@link leastGap} under `usual` (a measured share, or a line that is known), half of it beyond chance. */
function gapOf(usual: Share | number | null, is: Share, z: number, flag: (usual: number, is: number) => TeamFlag): Finding | null {
  if (usual === null || is.n === 0 || (typeof usual !== 'number' && usual.n === 0)) return null;
  const line = typeof usual === 'number' ? usual : rate(usual);
  const gap = line - rate(is);
  // With one observation more of either kind, so that a share of 0 or 1 is not taken for certain (Agresti and Caffo 2000).
  const variance = ({ hits, n }: Share) => (((hits + 1) / (n + 2)) * (1 - (hits + 1) / (n + 2))) / (n + 2);
  const surely = gap - z * Math.sqrt((typeof usual === 'number' ? 0 : variance(usual)) + variance(is));
  return gap > leastGap && surely > leastGap / 2 ? { surely, flag: flag(line, rate(is)) } : null;
}

/** A person's agreement with everybody but those in `without`, by stretch of their own history. */
function historyOf(person: number, couples: readonly CoupleSums[], without: ReadonlySet<number>): Share[] {
  const history = Array.from({ length: stretches }, (): Share => ({ hits: 0, n: 0 }));
  for (const { low, high, lowStretches, highStretches } of couples) {
    if (low !== person && high !== person) continue;
    if (without.has(low === person ? high : low)) continue;
    for (const [stretch, { hits, n }] of (low === person ? lowStretches : highStretches).entries()) {
      history[stretch]!.hits += hits;
      history[stretch]!.n += n;
    }
  }
  return history;
}

function sumOf(shares: readonly Share[]): Share {
  return shares.reduce((all, { hits, n }) => ({ hits: all.hits + hits, n: all.n + n }), { hits: 0, n: 0 });
}

/** The first and the second half of a history. */
export function halves(byStretch: readonly Share[]): { early: Share; late: Share } {
  return { early: sumOf(byStretch.slice(0, stretches / 2)), late: sumOf(byStretch.slice(stretches / 2)) };
}
