import { createLabeling } from '#backend/labeling/index.ts';
import { ownerOf } from '#backend/people.ts';
import { judgeInput, queueInput } from '#shared/api/labeling.ts';
import type { PersonKind } from '#shared/domain.ts';
import { newId } from '#shared/ids.ts';
import { seededRandom } from '#shared/random.ts';
import type { QueueRules } from '#store/queries/rules.ts';
import type { Store } from '#store/store.ts';
import { addPair } from './judge.ts';
import { addPerson } from './people.ts';

/** How a simulated annotator judges. What is left out is faultless habit: no side, a steady hand, time to read. */
export interface SimulatedPerson {
  name: string;
  /** P(the better one), where the better one is known. */
  accuracy: number;
  /** P(the left one whatever it is). */
  leftBias?: number;
  /** Accuracy at the end, falling evenly from `accuracy`. */
  accuracyAtLast?: number;
  /** Share of judgments decided before both can be read. */
  fast?: number;
  /** P(a tie). */
  ties?: number;
  /** P(the better one) of a gold pair, for one who misses what everybody else sees; `accuracy` if left out. */
  goldAccuracy?: number;
}

/**
 * A team with known faults judges a project of `pairs` pairs through the app's own queue, of kind `simulated`, and `gold` of them with a known answer beside. Either slot
 * may be the better response.
 * Returns ids by name.
 */
export function simulateTeam(
  store: Store,
  people: readonly SimulatedPerson[],
  {
    pairs,
    gold = 0,
    seed = 1,
    kind = 'simulated',
    rules = {},
  }: { pairs: number; gold?: number; seed?: number; kind?: PersonKind; rules?: Partial<QueueRules> },
): Map<string, string> {
  const random = seededRandom(seed);
  return store.transaction(() => {
    store.rules.save({ ...store.rules.get(), overlap: 1, overlapPeople: 2, mostPeople: 2, repeatShare: 0.1, goldShare: 0, ...rules });
    for (let index = 0; index < pairs; index++) {
      const texts = [`A good answer to request ${index}, as long as it takes.`, `A poor answer to request ${index}, just about as long.`];
      const goodFirst = random() < 0.5;
      const pair = addPair(store, { prompt: `Request ${seed}-${index}`, texts: goodFirst ? texts : texts.toReversed() });
      if (index >= gold) continue;
      const id = newId('cmp');
      store.comparisons.copy(pair.id, { id, purpose: 'gold', queued: true, createdAt: index });
      store.checks.addGold({ comparisonId: id, answer: goodFirst ? -1 : 1, setBy: ownerOf(store).id, createdAt: index });
    }
    const labeling = createLabeling({ store });
    const ids = people.map(({ name }) => addPerson(store, name, { kind }));
    const each = (2 * pairs) / people.length;
    const done = people.map(() => 0);
    const idle = new Set<number>();
    for (let turn = 0; idle.size < people.length; turn++) {
      const index = turn % people.length;
      const person = people[index]!;
      const item = labeling.queue(ids[index]!, queueInput.parse({ count: 1 })).items[0];
      if (!item) {
        idle.add(index);
        continue;
      }
      const progress = Math.min(1, done[index]! / each);
      const isGold = store.comparisons.get(item.comparisonId)?.purpose === 'gold';
      const accuracy =
        isGold && person.goldAccuracy !== undefined
          ? person.goldAccuracy
          : person.accuracy + progress * ((person.accuracyAtLast ?? person.accuracy) - person.accuracy);
      const [left, right] = item.responses.map(({ slot }) => slot) as [number, number];
      const good = item.responses.find(({ messages }) => messages[0]!.content.includes('good'))!.slot;
      const better = random() < accuracy ? good : 1 - good;
      const chosen = random() < (person.leftBias ?? 0) ? left : better;
      const ranking = random() < (person.ties ?? 0.1) ? [[left, right]] : [[chosen], [1 - chosen]];
      const shown = 1_700_000_000_000 + turn * 60_000;
      const decided = shown + (random() < (person.fast ?? 0.01) ? 300 : 4_000 + 8_000 * random());
      labeling.judge(
        ids[index]!,
        judgeInput.parse({
          assignmentId: item.assignmentId,
          idempotencyKey: `simulated-${seed}-${turn}`,
          ranking,
          strength: 1 + Math.floor(3 * random()),
          times: { shown, firstKey: null, decided: Math.round(decided) },
        }),
      );
      done[index]! += 1;
    }
    return new Map(people.map(({ name }, index) => [name, ids[index]!]));
  });
}
