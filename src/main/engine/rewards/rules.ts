import { type RulePart, readJsonSchema } from '#shared/training/rewards.ts';

/** An answer as a rule reads it. */
export interface RuledAnswer {
  /** Without special tokens. */
  text: string;
  /** Response tokens, the stop token included. */
  tokens: number;
}

/** What a rule pays for an answer: 0 to 1. */
export type Rule = (answer: RuledAnswer) => number;

export function ruleOf(part: RulePart): Rule {
  switch (part.kind) {
    case 'length': {
      const length = part.unit === 'tokens' ? ({ tokens }: RuledAnswer) => tokens : ({ text }: RuledAnswer) => wordCount(text);
      const { target, max } = part;
      return target !== undefined
        ? (answer) => evenFall(Math.abs(length(answer) - target), target)
        : (answer) => evenFall(length(answer) - max!, max!);
    }
    case 'regex': {
      const wanted = part.must === 'match';
      const pattern = new RegExp(part.pattern, part.flags);
      return ({ text }) => (pattern.test(text) === wanted ? 1 : 0);
    }
    case 'json': {
      const schema = readJsonSchema(part.schema)!; // what cannot be read was refused at the edge
      return ({ text }) => (satisfies(text, schema) ? 1 : 0);
    }
  }
}

/** 1 for no distance (or less than none), falling evenly to 0 at `end`. */
function evenFall(distance: number, end: number): number {
  return Math.min(1, Math.max(0, 1 - distance / end));
}

/** Runs of anything but white space. */
export function wordCount(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function satisfies(text: string, schema: NonNullable<ReturnType<typeof readJsonSchema>>): boolean {
  try {
    return schema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
