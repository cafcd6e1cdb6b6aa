import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';
import type { Checkpoint } from '#engine/weights/checkpoint.ts';
import type { Message, Ranking } from '#shared/domain.ts';
import { type DeskPrompt, judge } from '#shared/front-desk/index.ts';

/** A request as it stands in prompts.jsonl. */
export interface PromptLine {
  id: string;
  prompt: Message[];
  topic: DeskPrompt['intent'];
  split: DeskPrompt['split'];
  slots: DeskPrompt['values'];
}

export function deskPromptOf(line: PromptLine): DeskPrompt {
  return { text: line.prompt[0]?.content ?? '', split: line.split, intent: line.topic, values: line.slots };
}

export interface Answer {
  text: string;
  ids: number[];
  seed: number;
  terminated: boolean;
}

/** Two different answers to one request. */
export interface Pair {
  promptId: string;
  responses: [Answer, Answer];
}

/** A pair with the simulated annotator's choice, in the form of simulated.jsonl. */
export interface SimulatedLine extends Pair {
  ranking: Ranking;
  strength: 1;
  simulated: true;
}

/** Longest answer, in tokens; the app's default too. */
export const maxNewTokens = 64;

/** One answer a request. (seed, prompt id) fixes it. */
export async function answers({ decoder, tokenizer }: Checkpoint, lines: readonly PromptLine[], seed: number): Promise<Answer[]> {
  const requests = lines.map(({ id, prompt }) => ({ ids: tokenizer.prompt(prompt), generator: Random.from(seed, id) }));
  const generated = await generate(decoder, requests, { temperature: 1, topK: 0, topP: 1, maxNewTokens, stopIds: tokenizer.stopIds });
  return generated.map(({ ids, terminated }) => ({ text: tokenizer.decode(ids).trim(), ids, seed, terminated }));
}

/** Pairs of answers to the requests, in their order; a request that was answered twice the same gives none. */
export async function pairs(checkpoint: Checkpoint, lines: readonly PromptLine[], seed: number): Promise<Pair[]> {
  const first = await answers(checkpoint, lines, 2 * seed);
  const second = await answers(checkpoint, lines, 2 * seed + 1);
  return lines.flatMap(({ id }, index) => {
    const [a, b] = [first[index], second[index]];
    return a && b && a.text !== b.text ? [{ promptId: id, responses: [a, b] as [Answer, Answer] }] : [];
  });
}

/**
 * The simulated annotator: puts the answer with the higher gold score first, leaves ties out, and is wrong in exactly the share `flipped` of its judgments.
 * @returns up to `count` judgments, fewer if there are not enough untied pairs
 */
export function simulate(
  pairs: readonly Pair[],
  lines: ReadonlyMap<string, PromptLine>,
  count: number,
  flipped: number,
  random: Random,
): SimulatedLine[] {
  const judged: SimulatedLine[] = [];
  for (const pair of pairs) {
    const line = lines.get(pair.promptId);
    if (!line || judged.length === count) continue;
    const [a, b] = pair.responses.map(({ text, terminated }) => judge(deskPromptOf(line), text, terminated).gold);
    if (a === undefined || b === undefined || a === b) continue;
    judged.push({ ...pair, ranking: a > b ? [[0], [1]] : [[1], [0]], strength: 1, simulated: true });
  }
  const wrong = new Set(random.shuffle([...judged.keys()]).slice(0, Math.round(flipped * judged.length)));
  return judged.map((line, index) => (wrong.has(index) ? { ...line, ranking: line.ranking.toReversed() } : line));
}
