/**
 * The rule of the simulated annotator on real language: the shorter answer that still contains the prompt's key noun. No tagger: the key noun is found by a plain
 * definition, the same for everybody who reads it.
 */

/** Words that a request is made of whatever it is about, and question words; never its key noun. */
const plainWords = new Set(
  `about after again against also always another anything around because been before being below between beyond both could describe different difference does doing
  done each every everything example examples explain find first from give good great have having help here high instead into just know learn like list long make making
  many maybe more most much must need never nice only other over please provide really recommend recommendation same several should some someone something start started
  steps still such suggest suggestion suggestions take tell than thank thanks that their them then there these they thing things think this those through trying under
  understand until used using very want wants ways well were what when where which while will with within without work works would write year years your yours yourself
  best better come comes famous going interested important main names name people person possible favorite reason reasons question questions popular called causes cause
  exactly common effective suitable during believe actually initially otherwise themselves together assuming suppose occurred considered potential recommended introduce
  contributes determine smallest largest hypothetically mysteriously explanation instructions recipe instances current detail expensive thinking successful`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** A key noun has at least this many letters. */
const shortest = 4;

/**
 * The longest word of a prompt that is not a plain one; of equally long ones the last, since English puts what is asked about late. Null where it has none.
 * @returns lower case
 */
export function keyNoun(prompt: string): string | null {
  let found: string | null = null;
  for (const word of wordsOf(prompt)) {
    if (word.length >= Math.max(shortest, found?.length ?? 0) && !plainWords.has(word)) found = word;
  }
  return found;
}

/** What two forms of a word share: it without the ending of a plural, a participle or a gerund, where at least four letters stay. */
export function stemOf(word: string): string {
  const stem = word.replace(/(?:ies|ing|ed|es|s|y)$/, '');
  return stem.length >= shortest ? stem : word;
}

/** Whether a word of the text begins with the noun's stem ("policies" → "policy", "learning" → "learn"). */
export function mentions(text: string, noun: string): boolean {
  const stem = stemOf(noun);
  return wordsOf(text).some((word) => word.startsWith(stem));
}

/** An answer as the rule sees it. */
export interface RuledAnswer {
  text: string;
  tokens: number;
  /** It ended by itself, not at the longest length that was allowed. */
  terminated: boolean;
}

/** What is measured: the answer ends by itself and contains the key noun. */
export function satisfies(answer: RuledAnswer, noun: string): boolean {
  return answer.terminated && mentions(answer.text, noun);
}

/**
 * Which of two answers the annotator prefers, or null where the rule does not say: the one that contains the key noun; of two that do, the one with fewer tokens, and one
 * that was cut off is longer than any that ended. Two without the noun are not compared.
 */
export function preferred(first: RuledAnswer, second: RuledAnswer, noun: string): 0 | 1 | null {
  const [one, other] = [first, second].map((answer) => (mentions(answer.text, noun) ? lengthOf(answer) : null));
  if (one == null || other == null) return one == null && other == null ? null : one != null ? 0 : 1;
  return one === other ? null : one < other ? 0 : 1;
}

function lengthOf({ tokens, terminated }: RuledAnswer): number {
  return terminated ? tokens : Number.POSITIVE_INFINITY;
}

/** Runs of letters, lower case; what stands after an apostrophe is not part of a word. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+/gu) ?? [];
}
