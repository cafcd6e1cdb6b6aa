import type { Split } from '#shared/domain.ts';
import type { BothBadRow, PairRow, SftRow } from '#shared/jobs.ts';
import type { TrainingJudgment } from '#store/queries/training.ts';
import { textOf } from '../messages.ts';

/** The pairs of one judgment (spec/algorithms.md, Reward model): a ranking of K expands to K(K−1)/2; slots of one group are a tie, softTarget ½. */
export function pairsOf(judged: TrainingJudgment): PairRow[] {
  const placed = judged.ranking.flatMap((group, place) => group.map((slot) => ({ slot, place })));
  const pairs: PairRow[] = [];
  for (const [index, better] of placed.entries()) {
    for (const worse of placed.slice(index + 1)) {
      const chosen = judged.responses[better.slot];
      const rejected = judged.responses[worse.slot];
      if (!chosen || !rejected) continue;
      pairs.push({
        id: placed.length === 2 ? judged.id : `${judged.id}:${better.slot}-${worse.slot}`,
        promptId: judged.promptId,
        prompt: judged.prompt,
        chosen: textOf(chosen),
        rejected: textOf(rejected),
        softTarget: better.place === worse.place ? 0.5 : 1,
        strength: judged.strength ?? 1,
      });
    }
  }
  return pairs;
}

/** The responses of a pair that was judged both bad. */
export function bothBadOf({ id, prompt, responses }: TrainingJudgment): BothBadRow {
  return { id, prompt, responses: responses.map(textOf) };
}

/** What SFT learns from judgments: the preferred answer of each that has a single one, each text once a prompt. */
export function demonstrationsOf(judgments: Iterable<TrainingJudgment>): (SftRow & { split: Split; promptId: string })[] {
  const seen = new Set<string>();
  const rows: (SftRow & { split: Split; promptId: string })[] = [];
  for (const judged of judgments) {
    const [best] = judged.ranking;
    const messages = best?.length === 1 ? judged.responses[best[0] ?? -1] : undefined;
    if (!messages) continue;
    const response = textOf(messages);
    if (seen.has(`${judged.promptId}\0${response}`)) continue;
    seen.add(`${judged.promptId}\0${response}`);
    rows.push({ id: judged.id, promptId: judged.promptId, split: judged.split, prompt: judged.prompt, response });
  }
  return rows;
}
