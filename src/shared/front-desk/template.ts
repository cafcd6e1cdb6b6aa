/**
 * One small template language that both speaks and listens.
 *
 *     [a|b|]    one of the alternatives; may be empty, may nest
 *     {slot}    a value of that slot
 *
 * `expand` draws a sentence from a template; `compile` turns the same template into a regular expression. So the judge knows exactly
 * what the grammar can say, and reads back the slot values that a sentence names.
 */
import { type Slot, slotPattern, type Values } from './slots.ts';

/** Uniform in [0, 1). */
export type Uniform = () => number;

type Piece = string | { slot: Slot } | { anyOf: Piece[][] };

/** One of `items`, each as likely. Throws on an empty list. */
export function pick<T>(items: readonly T[], uniform: Uniform): T {
  const item = items[Math.floor(uniform() * items.length)];
  if (item === undefined) throw new RangeError('pick: the list is empty');
  return item;
}

/** Index of a weight drawn in proportion to it. */
export function pickWeighted(weights: readonly number[], uniform: Uniform): number {
  let left = uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

const trees = new Map<string, Piece[]>();

function tree(template: string): Piece[] {
  let pieces = trees.get(template);
  if (!pieces) {
    pieces = parse(template);
    trees.set(template, pieces);
  }
  return pieces;
}

function parse(template: string): Piece[] {
  const tokens = template.match(/\{\w+\}|[[\]|]|[^[\]|{}]+/g) ?? [];
  let at = 0;
  const sequence = (): Piece[] => {
    const pieces: Piece[] = [];
    for (; at < tokens.length; at++) {
      const token = tokens[at] ?? '';
      if (token === '|' || token === ']') return pieces;
      if (token.startsWith('{')) pieces.push({ slot: token.slice(1, -1) as Slot });
      else if (token === '[') {
        const anyOf: Piece[][] = [];
        do {
          at++;
          anyOf.push(sequence());
        } while (tokens[at] === '|');
        if (tokens[at] !== ']') throw new SyntaxError(`Unclosed [ in the template “${template}”.`);
        pieces.push({ anyOf });
      } else pieces.push(token);
    }
    return pieces;
  };
  const pieces = sequence();
  if (at < tokens.length) throw new SyntaxError(`Stray ${tokens[at]} in the template “${template}”.`);
  return pieces;
}

/** Slots that a template may name. */
export function slotsOf(template: string): Slot[] {
  return [...new Set([...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as Slot))];
}

/** Draws a sentence; its first letter is made a capital. `values` must hold every slot of the template. */
export function expand(template: string, values: Values, uniform: Uniform): string {
  const say = (pieces: Piece[]): string => {
    let text = '';
    for (const piece of pieces) {
      if (typeof piece === 'string') text += piece;
      else if ('anyOf' in piece) text += say(pick(piece.anyOf, uniform));
      else {
        const value = values[piece.slot];
        if (value === undefined) throw new Error(`The template “${template}” names {${piece.slot}}, which has no value.`);
        text += value;
      }
    }
    return text;
  };
  const text = say(tree(template));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export interface Match {
  /** Every slot value that the sentence names, in order. */
  said: { slot: Slot; value: string }[];
}

/** The listening side: a function that says whether a whole sentence comes from the template, and which slot values it names. */
export function compile(template: string): (sentence: string) => Match | null {
  const slots: Slot[] = [];
  const pattern = (pieces: Piece[]): string =>
    pieces
      .map((piece) => {
        if (typeof piece === 'string') return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        if ('anyOf' in piece) return `(?:${piece.anyOf.map(pattern).join('|')})`;
        slots.push(piece.slot);
        return `(${slotPattern(piece.slot)})`;
      })
      .join('');
  const expression = new RegExp(`^${pattern(tree(template))}$`, 'i');
  return (sentence) => {
    const match = expression.exec(sentence);
    if (!match) return null;
    const said = slots.flatMap((slot, index) => {
      const value = match[index + 1];
      return value === undefined ? [] : [{ slot, value }];
    });
    return { said };
  };
}
