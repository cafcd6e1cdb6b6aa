import { mostBlocks } from '#shared/agreement/bootstrap.ts';
import { type AgreementSums, addItem, emptySums } from '#shared/agreement/sums.ts';
import type { Verdict } from '#store/queries/verdicts.ts';

/** Answers by side: first, tie, second; and by side and strength: −3…3. */
export const sides = 3;
export const strengths = 7;
export const tieSide = 1;
/** Parts of a person's history, by which drift is seen. */
export const stretches = 10;

/** How often out of how many. */
export interface Share {
  hits: number;
  n: number;
}
export const traits = ['leftSide', 'longer', 'list', 'heading', 'bold', 'fast'] as const;
export type Trait = (typeof traits)[number];

/** What is summed up of one person (or model). */
export interface PersonSums {
  judged: number;
  /** Items that others answered too, ties left out; `hits` is the sum over items of the share of the others who said the same. */
  rest: Share;
  /** `rest` by stretch of the person's own history. */
  byStretch: Share[];
  calibration: Share;
  traits: Record<Trait, Share>;
}
/** What is summed up of two people: `[3 × 3]` by block, the one with the lower number in the rows. */
export interface CoupleSums {
  low: number;
  high: number;
  blocks: Float64Array;
  /** Ties left out, by stretch of the one's and of the other's own history. */
  lowStretches: Share[];
  highStretches: Share[];
}

/** A million verdicts, read once, as sums that every figure of the Team screen is computed from. */
export interface Ledger {
  judgments: number;
  /** Of pairs that somebody judged; items with one judgment among them. By block. */
  nominal: AgreementSums[];
  ordinal: AgreementSums[];
  /** Pairs of responses that two or more judged, and the comparisons that they are of: a ranking of K gives K(K − 1)/2 pairs. */
  sharedItems: number;
  sharedComparisons: number;
  people: Map<number, PersonSums>;
  couples: Map<number, CoupleSums>;
  /** Models beside people: `rest` is against people on the same pairs. */
  models: Map<number, PersonSums>;
}

export interface LedgerOptions {
  /** Numbers of whose verdicts are compared, and of the models that are held beside them. */
  people: ReadonlySet<number>;
  models: ReadonlySet<number>;
  /** First and last judgment of each person. */
  ends: ReadonlyMap<number, { first: number; last: number }>;
  /** What a lead took out. */
  withoutComparisons: ReadonlySet<number>;
  withoutGuidelines: ReadonlySet<number>;
  /**
   * How many look at a pair before anybody knows whether they differ. Later looks are asked for only where they do, so they would make people seem to agree
   * less than they do, and are left out of agreement.
   */
  planned: number;
}

/** Adds verdicts, in their order, to a ledger; `finish` closes the last item. */
export function openLedger(options: LedgerOptions) {
  const { people, models, ends, withoutComparisons, withoutGuidelines, planned } = options;
  const ledger: Ledger = {
    judgments: 0,
    nominal: Array.from({ length: mostBlocks }, () => emptySums(sides)),
    ordinal: Array.from({ length: mostBlocks }, () => emptySums(strengths)),
    sharedItems: 0,
    sharedComparisons: 0,
    people: new Map(),
    couples: new Map(),
    models: new Map(),
  };
  let item: Verdict[] = [];
  let beside: Verdict[] = [];
  let alone = 0;
  let lastShared = -1;
  const escalated = new Set<number>();
  const nominal = new Float64Array(sides);
  const ordinal = new Float64Array(strengths);

  function sumsFor(of: Map<number, PersonSums>, number: number): PersonSums {
    let sums = of.get(number);
    if (!sums) {
      const share = (): Share => ({ hits: 0, n: 0 });
      sums = {
        judged: 0,
        rest: share(),
        byStretch: Array.from({ length: stretches }, share),
        calibration: share(),
        traits: { leftSide: share(), longer: share(), list: share(), heading: share(), bold: share(), fast: share() },
      };
      of.set(number, sums);
    }
    return sums;
  }

  /**
   * Shared comparisons and lone items are dealt out to the blocks in turn: with fewer comparisons than blocks each block is one. The pairs of a ranking are not independent and
   * stay together.
   */
  function close(): void {
    const [first] = item;
    if (first && item.length > planned && escalated.has(first.comparisonSeq)) {
      item = item.toSorted((a, b) => a.judgmentSeq - b.judgmentSeq).slice(0, planned);
      item.sort((a, b) => a.person - b.person);
    }
    if (first && first.purpose < 2) {
      nominal.fill(0);
      ordinal.fill(0);
      for (const { answer } of item) {
        nominal[Math.sign(answer) + 1]! += 1;
        ordinal[answer + 3]! += 1;
      }
      const shared = item.length > 1;
      if (shared && first.comparisonSeq !== lastShared) {
        lastShared = first.comparisonSeq;
        ledger.sharedComparisons += 1;
      }
      if (shared) ledger.sharedItems += 1;
      const block = (shared ? ledger.sharedComparisons - 1 : alone++) % mostBlocks;
      addItem(ledger.nominal[block]!, nominal);
      addItem(ledger.ordinal[block]!, ordinal);
      if (shared) {
        compare(item, first.purpose === 1);
        couple(item, block);
      }
      for (const verdict of beside) against(sumsFor(ledger.models, verdict.person).rest, verdict.answer, nominal, 0);
    }
    item = [];
    beside = [];
  }

  function compare(verdicts: readonly Verdict[], calibrating: boolean): void {
    for (const verdict of verdicts) {
      const sums = sumsFor(ledger.people, verdict.person);
      const before = sums.rest.n;
      const hits = against(sums.rest, verdict.answer, nominal, 1);
      if (sums.rest.n === before) continue;
      const stretch = sums.byStretch[stretchOf(verdict)]!;
      stretch.hits += hits;
      stretch.n += 1;
      if (calibrating) {
        sums.calibration.hits += hits;
        sums.calibration.n += 1;
      }
    }
  }

  /** The place of a judgment in its person's history. */
  function stretchOf({ person, judgmentSeq }: Verdict): number {
    const end = ends.get(person);
    const place = end && end.last > end.first ? (judgmentSeq - end.first) / (end.last - end.first) : 0;
    return Math.min(stretches - 1, Math.floor(place * stretches));
  }

  /** Ten people on a pair are 45 couples: of a million judgments this is the inner loop. */
  function couple(verdicts: readonly Verdict[], block: number): void {
    const places = verdicts.map(stretchOf);
    for (let i = 0; i < verdicts.length; i++) {
      const low = verdicts[i]!;
      const lowSide = Math.sign(low.answer);
      for (let j = i + 1; j < verdicts.length; j++) {
        const high = verdicts[j]!;
        const highSide = Math.sign(high.answer);
        const sums = coupleOf(low.person, high.person);
        if (lowSide !== 0 && highSide !== 0) {
          const hit = lowSide === highSide ? 1 : 0;
          addTo(sums.lowStretches[places[i]!]!, hit);
          addTo(sums.highStretches[places[j]!]!, hit);
        }
        sums.blocks[(block * sides + lowSide + 1) * sides + highSide + 1]! += 1;
      }
    }
  }

  function coupleOf(low: number, high: number): CoupleSums {
    const key = low * 65_536 + high;
    let sums = ledger.couples.get(key);
    if (!sums) {
      const empty = () => Array.from({ length: stretches }, (): Share => ({ hits: 0, n: 0 }));
      sums = { low, high, blocks: new Float64Array(mostBlocks * sides * sides), lowStretches: empty(), highStretches: empty() };
      ledger.couples.set(key, sums);
    }
    return sums;
  }

  return {
    ledger,
    /** Comparisons, not yet added, that more people than planned were asked about. */
    escalated(comparisons: readonly number[]): void {
      for (const seq of comparisons) escalated.add(seq);
    },
    /** In the order of comparison, pair and person. */
    add(verdict: Verdict): void {
      if (item.length + beside.length > 0) {
        const last = item[0] ?? beside[0]!;
        if (last.comparisonSeq !== verdict.comparisonSeq || last.pair !== verdict.pair) close();
      }
      if (withoutComparisons.has(verdict.comparisonSeq) || (verdict.guideline !== null && withoutGuidelines.has(verdict.guideline))) return;
      const isModel = models.has(verdict.person);
      if (!isModel && !people.has(verdict.person)) return;
      const sums = sumsFor(isModel ? ledger.models : ledger.people, verdict.person);
      sums.judged += 1;
      for (const trait of traits) {
        const value = verdict[trait];
        if (value === 0) continue;
        sums.traits[trait].n += 1;
        if (value > 0) sums.traits[trait].hits += 1;
      }
      if (isModel) beside.push(verdict);
      else {
        ledger.judgments += 1;
        item.push(verdict);
      }
    },
    finish(): Ledger {
      close();
      return ledger;
    },
  };
}

function addTo(share: Share, hits: number): void {
  share.hits += hits;
  share.n += 1;
}

/**
 * Adds to `share` how an answer compares with the others to the same item, ties left out on both sides. Returns the share of the others that said the same.
 * @param counts of the item by side @param own how many of `counts` are this answer itself
 */
function against(share: Share, answer: number, counts: Float64Array, own: 0 | 1): number {
  if (answer === 0) return 0;
  const same = counts[Math.sign(answer) + 1]! - own;
  const other = counts[1 - Math.sign(answer)]!;
  if (same + other <= 0) return 0;
  const hits = same / (same + other);
  share.hits += hits;
  share.n += 1;
  return hits;
}
