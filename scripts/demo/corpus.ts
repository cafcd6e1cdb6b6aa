import {
  contrastReply,
  type DeskPrompt,
  exactReply,
  judge,
  makePrompt,
  makeReply,
  notesOf,
  slots,
  type Uniform,
} from '#shared/front-desk/index.ts';
import { deskToken, endToken, guestToken, noteToken, specialTokens } from './tokenizer-files.ts';

/** What the corpus needs of a tokenizer. */
export interface Codec {
  encode(text: string): number[];
  decode(ids: number[]): string;
}

/** One line of the corpus, as token ids. */
export interface Example {
  /** `<|guest|>…<|desk|>` */
  prompt: number[];
  /** Ends with `<|end|>`. */
  reply: number[];
  /** True of the reply; each stands, in turn, right behind `<|end|>`. */
  notes: number[];
  /** Slot values in the reply, by index into `reply`, and whether the request said that value. */
  spots: { at: number; said: boolean }[];
  /** False for replies that are there only to be described: the model is not taught to write them. */
  write: boolean;
}

export type ExampleKind = 'exact' | 'whole' | 'contrast' | 'spoiled';

const idOf = (token: string): number => specialTokens.indexOf(token);

/** A line of the corpus on a fresh training request. */
export function makeExample(kind: ExampleKind, codec: Codec, uniform: Uniform): Example {
  const prompt = makePrompt('train', uniform);
  if (kind === 'exact') return example(prompt, codec.encode(exactReply(prompt, uniform)), true, codec, uniform);
  if (kind === 'contrast') return example(prompt, codec.encode(contrastReply(prompt, uniform)), false, codec, uniform);
  const reply = codec.encode(makeReply(prompt, uniform));
  return kind === 'whole' ? example(prompt, reply, true, codec, uniform) : example(prompt, spoil(reply, uniform), false, codec, uniform);
}

/** Every second guest of the corpus swallows words, but no slot value: held-out requests are worded otherwise, so no one word may decide what a request is about. */
const mumbling = { guests: 0.5, words: 0.2 };

function mumble(ids: number[], codec: Codec, uniform: Uniform): number[] {
  if (uniform() >= mumbling.guests) return ids;
  return ids.filter((id) => slotWords.has(lastWord(codec.decode([id]))) || uniform() >= mumbling.words);
}

function example(prompt: DeskPrompt, reply: number[], write: boolean, codec: Codec, uniform: Uniform): Example {
  return {
    prompt: [idOf(guestToken), ...mumble(codec.encode(prompt.text), codec, uniform), idOf(deskToken)],
    reply: [...reply, idOf(endToken)],
    spots: spotsOf(reply, prompt, codec),
    notes: notesOf(judge(prompt, codec.decode(reply))).map((note) => idOf(noteToken(note))),
    write,
  };
}

/** Last words of all slot values, in small letters: every one is a single token. */
const slotWords = new Set(Object.values(slots).flatMap((values) => values.map(lastWord)));

function lastWord(value: string): string {
  return value.trim().toLowerCase().split(' ').at(-1) ?? '';
}

function spotsOf(reply: number[], prompt: DeskPrompt, codec: Codec): Example['spots'] {
  const said = new Set(Object.values(prompt.values).map(lastWord));
  return reply.flatMap((id, at) => {
    const word = lastWord(codec.decode([id]));
    return slotWords.has(word) ? [{ at, said: said.has(word) }] : [];
  });
}

/** What a model's slips look like: a stretch left out, said twice, or the second half of the reply in the middle of the first. */
function spoil(reply: number[], uniform: Uniform): number[] {
  const at = Math.floor(uniform() * reply.length);
  const stretch = 1 + Math.floor(uniform() * 5);
  const how = uniform();
  const spoiled =
    how < 0.4
      ? [...reply.slice(0, at), ...reply.slice(at + stretch)]
      : how < 0.6
        ? [...reply.slice(0, at + stretch), ...reply.slice(at)]
        : [...reply.slice(0, at), ...reply.slice(Math.floor(uniform() * reply.length))];
  return spoiled.length > 0 ? spoiled.slice(0, 72) : reply;
}
