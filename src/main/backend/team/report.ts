import type { ModelOpinion, PersonPanel, TeamFlag, TeamReport } from '#shared/api/team.ts';
import type { Estimate } from '#shared/domain.ts';
import { proportion } from '#shared/statistics.ts';
import type { JudgedDay } from '#store/queries/days.ts';
import type { PersonRow } from '#store/queries/people.ts';
import type { Store } from '#store/store.ts';
import { coefficientsOf, coupleAgreement } from './agreement.ts';
import { type Checks, flagsOf, halves } from './flags.ts';
import { type Ledger, openLedger, type PersonSums, type Share, traits } from './ledger.ts';

export type TeamKind = TeamReport['kind'];

/** Comparisons read at a time: with ten judgments each about half a millisecond of work, whose garbage dies young. */
const sliceOfComparisons = 50;
const dayMilliseconds = 86_400_000;
/** Days of work behind a pace, and on the sparkline. */
const shownDays = 14;
const fewestForPace = 5;

/**
 * Everything that judgments say of a team, from verdicts alone. Yields every millisecond of work or so, so that whoever drives it can answer a keypress
 * in between.
 */
export function* teamReport(store: Store, kind: TeamKind): Generator<undefined, TeamReport> {
  const everybody = store.people.all();
  const numbers = store.verdicts.people();
  const byId = new Map(everybody.map((person) => [person.id, person]));
  const numbered = new Map([...numbers].map(([number, id]) => [number, byId.get(id)]));
  const those = (wanted: PersonRow['kind']) =>
    new Set([...numbered].filter(([, person]) => person?.kind === wanted && person.enabled === 1).map(([number]) => number));
  const people = those(kind);
  const models = those('model');
  const planned = store.rules.get().overlapPeople;
  const { ledger, add, escalated, finish } = openLedger({
    planned,
    people,
    models,
    ends: new Map([...people].map((number) => [number, store.verdicts.ends(numbers.get(number)!) ?? { first: 0, last: 0 }])),
    withoutComparisons: store.removals.comparisonSeqs(),
    withoutGuidelines: store.removals.guidelineVersions(),
  });
  const last = store.verdicts.lastComparison();
  for (let after = 0; after < last; after += sliceOfComparisons) {
    escalated(store.demand.escalated(after, after + sliceOfComparisons, planned));
    for (const verdict of store.verdicts.range(after, after + sliceOfComparisons)) add(verdict);
    yield;
  }
  finish();
  const checks = yield* readChecks(store);
  const coefficients = yield* coefficientsOf(ledger);
  const days = daysOf(store, Date.now());
  const flags = flagsOf(ledger, checks);
  const panels = [...people]
    .map((number) => panelOf({ number, person: numbered.get(number)!, ledger, checks, days, flags }))
    .filter((panel) => panel.judged > 0 || panel.role !== 'annotator');
  const id = (number: number) => numbers.get(number)!;
  return {
    kind,
    judgments: ledger.judgments,
    sharedPairs: ledger.sharedItems,
    agreement: { ...coefficients, self: shareOf(sumOf(people, checks.self)), gold: shareOf(sumOf(people, checks.gold)) },
    biases: biasesOf([...ledger.people.values()]),
    people: panels.sort((a, b) => b.judged - a.judged || a.name.localeCompare(b.name)),
    couples: [...ledger.couples.values()].flatMap((couple) => {
      const { agree, n } = coupleAgreement(couple);
      const agreement = proportion(agree, n);
      return agreement ? [{ first: id(couple.low), second: id(couple.high), agreement }] : [];
    }),
    models: [...models].flatMap((number) => opinionOf(number, numbered.get(number)!, ledger, checks)),
    computedAt: Date.now(),
  };
}

function* readChecks(store: Store): Generator<undefined, Checks> {
  const self = new Map<number, Share>();
  const gold = new Map<number, Share>();
  const count = (of: Map<number, Share>, person: number | null, given: number | null, expected: number | null) => {
    if (person === null || given === null || expected === null) return;
    const share = of.get(person) ?? { hits: 0, n: 0 };
    share.n += 1;
    if (Math.sign(given) === Math.sign(expected)) share.hits += 1;
    of.set(person, share);
  };
  for (
    let rows = store.checks.selfChecks('', sliceOfComparisons);
    rows.length > 0;
    rows = store.checks.selfChecks(rows.at(-1)!.comparisonId, sliceOfComparisons)
  ) {
    for (const { person, first, again } of rows) count(self, person, again, first);
    yield;
  }
  for (
    let rows = store.checks.goldChecks('', sliceOfComparisons);
    rows.length > 0;
    rows = store.checks.goldChecks(rows.at(-1)!.comparisonId, sliceOfComparisons)
  ) {
    for (const { person, answer, gold: expected } of rows) count(gold, person, answer, expected);
    yield;
  }
  return { self, gold };
}

function panelOf(from: {
  number: number;
  person: PersonRow;
  ledger: Ledger;
  checks: Checks;
  days: Map<string, JudgedDay[]>;
  flags: Map<number, TeamFlag[]>;
}): PersonPanel {
  const { number, person, ledger, checks, days, flags } = from;
  const sums = ledger.people.get(number);
  const { early, late } = halves(sums?.byStretch ?? []);
  const [was, is] = [shareOf(early), shareOf(late)];
  return {
    personId: person.id,
    name: person.name,
    kind: person.kind,
    role: person.role,
    judged: sums?.judged ?? 0,
    ...paceOf(days.get(person.id) ?? []),
    rest: shareOf(sums?.rest),
    self: shareOf(checks.self.get(number)),
    gold: shareOf(checks.gold.get(number)),
    calibration: shareOf(sums?.calibration),
    ...biasesOf(sums ? [sums] : []),
    drift: was && is ? { early: was, late: is } : null,
    flags: flags.get(number) ?? [],
  };
}

function biasesOf(sums: readonly PersonSums[]): Pick<PersonPanel, 'left' | 'longer' | 'list' | 'heading' | 'bold' | 'fast'> {
  const shares = Object.fromEntries(
    traits.map((trait) => [
      trait,
      shareOf({
        hits: sums.reduce((all, { traits: of }) => all + of[trait].hits, 0),
        n: sums.reduce((all, { traits: of }) => all + of[trait].n, 0),
      }),
    ]),
  ) as Record<(typeof traits)[number], Estimate | null>;
  const { leftSide, ...rest } = shares;
  return { left: leftSide, ...rest };
}

function opinionOf(number: number, person: PersonRow, ledger: Ledger, checks: Checks): ModelOpinion[] {
  const sums = ledger.models.get(number);
  if (!sums) return [];
  return [
    {
      personId: person.id,
      name: person.name,
      judged: sums.judged,
      withPeople: shareOf(sums.rest),
      first: shareOf(sums.traits.leftSide),
      swapped: shareOf(checks.self.get(number)),
    },
  ];
}

const shareOf = (share: Share | undefined): Estimate | null => (share ? proportion(share.hits, share.n) : null);

function sumOf(people: ReadonlySet<number>, shares: ReadonlyMap<number, Share>): Share {
  const sum = { hits: 0, n: 0 };
  for (const [person, { hits, n }] of shares) {
    if (!people.has(person)) continue;
    sum.hits += hits;
    sum.n += n;
  }
  return sum;
}

function daysOf(store: Store, now: number): Map<string, JudgedDay[]> {
  const days = new Map<string, JudgedDay[]>();
  for (const row of store.days.since(Math.floor(now / dayMilliseconds) - shownDays + 1)) {
    const own = days.get(row.personId);
    if (own) own.push(row);
    else days.set(row.personId, [row]);
  }
  return days;
}

function paceOf(rows: readonly JudgedDay[]): Pick<PersonPanel, 'perHour' | 'days'> {
  const today = Math.floor(Date.now() / dayMilliseconds);
  const days = new Array<number>(shownDays).fill(0);
  let judged = 0;
  let milliseconds = 0;
  for (const row of rows) {
    const place = shownDays - 1 - (today - row.day);
    if (place >= 0 && place < shownDays) days[place] = Math.max(0, row.judged);
    judged += row.judged;
    milliseconds += row.milliseconds;
  }
  return { days, perHour: judged >= fewestForPace && milliseconds > 0 ? judged / (milliseconds / 3_600_000) : null };
}
