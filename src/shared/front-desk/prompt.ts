import type { Split } from '#shared/domain.ts';
import { type IntentName, intentNames, intents } from './intents/index.ts';
import { openers } from './manners.ts';
import { type Slot, slotNames, slots, type Values } from './slots.ts';
import { expand, pick, slotsOf, type Uniform } from './template.ts';

/** A request at the front desk, and what it says: what a reply must keep to. */
export interface DeskPrompt {
  text: string;
  split: Split;
  intent: IntentName;
  /** Only the slots that the text names. */
  values: Values;
}

/** A value for every slot. */
export function drawValues(uniform: Uniform): Record<Slot, string> {
  return Object.fromEntries(slotNames.map((slot) => [slot, pick<string>(slots[slot], uniform)])) as Record<Slot, string>;
}

/** A request of the split; its templates are in no request of the other split. */
export function makePrompt(split: Split, uniform: Uniform): DeskPrompt {
  const side = split === 'train' ? 'train' : 'heldOut';
  const intent = pick(intentNames, uniform);
  const opener = pick(openers[side], uniform);
  const core = pick(intents[intent][side], uniform);
  const all = drawValues(uniform);
  const values: Values = {};
  for (const slot of slotsOf(opener + core)) values[slot] = all[slot];
  return { text: `${expand(opener, values, uniform)} ${expand(core, values, uniform)}`, split, intent, values };
}
