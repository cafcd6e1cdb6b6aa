import type { AdjudicatedPair } from '#shared/api/team.ts';
import type { Store } from '#store/store.ts';
import { textOf } from '../messages.ts';

/** How many are shown, newest first. */
const shown = 50;

/** Pairs that were adjudicated, with what the others had said: only those this person has voted on, or whose vote is another's already. */
export function adjudicatedPairs(store: Store): AdjudicatedPair[] {
  const gone = store.removals.comparisonSeqs();
  return store.checks.adjudicated(shown).flatMap(({ comparisonId, personId: decider }) => {
    const comparison = store.comparisons.get(comparisonId);
    const prompt = comparison && store.prompts.get(comparison.promptId);
    if (!comparison || !prompt || gone.has(comparison.seq)) return [];
    const answers = store.verdicts.ofComparison(comparison.seq).map(({ personId, answer }) => ({
      personId,
      name: store.people.get(personId)?.name ?? '',
      answer,
      rationale: store.judgments.get(store.assignments.of(personId, comparisonId)?.latest ?? 0)?.rationale ?? null,
    }));
    const decided = answers.find(({ personId }) => personId === decider);
    if (!decided) return []; // taken back: it is undecided again, and what others said is hidden again
    return [
      {
        comparisonId,
        prompt: textOf(prompt.messages),
        responses: store.comparisons.slots(comparisonId).map(({ slot, messages }) => ({ slot, text: textOf(messages) })),
        decided: { name: decided.name, answer: decided.answer },
        others: answers.filter(({ personId }) => personId !== decider).map(({ name, answer, rationale }) => ({ name, answer, rationale })),
      },
    ];
  });
}
