import { type Intent, type IntentName, intentNames, intents } from './intents/index.ts';
import { asides, curtClosers, curtOpeners, warmClosers, warmClosersByName, warmOpeners, warmOpenersByName } from './manners.ts';
import { type DeskPrompt, drawValues } from './prompt.ts';
import { type Slot, slots } from './slots.ts';
import { expand, pick, pickWeighted, type Uniform } from './template.ts';

/** How often the desk of the corpus does what: drawn independently, so that no virtue comes with another. */
const habits = {
  onTopic: 0.78,
  /** exact, promise, vague */
  detail: [0.55, 0.18, 0.27],
  /** One coin a reply; then each slot is wrong with `wrongSlot`. */
  untrue: 0.12,
  wrongSlot: 0.6,
  /** warm, plain, curt */
  tone: [0.36, 0.36, 0.28],
  useful: 0.35,
  /** none, one, two */
  asides: [0.6, 0.28, 0.12],
};

const kinds = ['exact', 'promise', 'vague'] as const satisfies (keyof Intent)[];

/** Values for a reply: the request's own, but for the slots that a coin makes wrong. */
function replyValues(prompt: DeskPrompt, wrongSlot: number, uniform: Uniform): Record<Slot, string> {
  const values = drawValues(uniform);
  for (const [slot, value] of Object.entries(prompt.values) as [Slot, string][]) {
    if (uniform() >= wrongSlot) values[slot] = value;
    else while (values[slot] === value) values[slot] = pick<string>(slots[slot], uniform);
  }
  return values;
}

function otherIntent(prompt: DeskPrompt, uniform: Uniform): IntentName {
  return pick(
    intentNames.filter((name) => name !== prompt.intent),
    uniform,
  );
}

/** One exact, true sentence on the topic: the first stage's corpus, which teaches copying. */
export function exactReply(prompt: DeskPrompt, uniform: Uniform): string {
  return expand(pick(intents[prompt.intent].exact, uniform), replyValues(prompt, 0, uniform), uniform);
}

/** One sentence, often beside the topic, often with a wrong slot: what the notes on topic and truth are learned from. */
export function contrastReply(prompt: DeskPrompt, uniform: Uniform): string {
  const values = replyValues(prompt, uniform() < 0.5 ? 0.5 : 0, uniform);
  const intent = intents[uniform() < 0.35 ? otherIntent(prompt, uniform) : prompt.intent];
  return expand(pick(intent[kinds[pickWeighted([0.8, 0.1, 0.1], uniform)] ?? 'exact'], uniform), values, uniform);
}

/** A whole reply: opener, core, a useful detail, asides, closer, each by its own coin. */
export function makeReply(prompt: DeskPrompt, uniform: Uniform): string {
  const values = replyValues(prompt, uniform() < habits.untrue ? habits.wrongSlot : 0, uniform);
  const tone = (['warm', 'plain', 'curt'] as const)[pickWeighted(habits.tone, uniform)] ?? 'plain';
  const intent = intents[uniform() < habits.onTopic ? prompt.intent : otherIntent(prompt, uniform)];

  const named = prompt.values.name !== undefined;
  const polite = tone === 'warm';
  const openers = polite ? [...warmOpeners, ...(named ? warmOpenersByName : [])] : curtOpeners;
  const closers = polite ? [...warmClosers, ...(named ? warmClosersByName : [])] : curtClosers;
  const opens = tone !== 'plain' && uniform() < 0.65;
  const closes = tone !== 'plain' && (!opens || uniform() < 0.35);

  const parts: string[] = [];
  if (opens) parts.push(pick(openers, uniform));
  parts.push(pick(intent[kinds[pickWeighted(habits.detail, uniform)] ?? 'exact'], uniform));
  if (uniform() < habits.useful) parts.push(pick(intent.useful, uniform));
  const chat = [...asides];
  for (let left = pickWeighted(habits.asides, uniform); left > 0; left--) {
    const [aside] = chat.splice(Math.floor(uniform() * chat.length), 1);
    if (aside) parts.splice(uniform() < 0.25 ? 0 : parts.length, 0, aside);
  }
  if (closes) parts.push(pick(closers, uniform));
  return parts.map((part) => expand(part, values, uniform)).join(' ');
}
