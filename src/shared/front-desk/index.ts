/** Front desk: requests at a hotel's front desk, replies to them, and the judge that reads replies. docs/demo.md tells the whole. */
export { type Intent, type IntentName, intentNames, intents } from './intents/index.ts';
export { type Judgment, judge, type Note, noteGroups, notesOf, noteWords } from './judge.ts';
export { type DeskPrompt, makePrompt } from './prompt.ts';
export { contrastReply, exactReply, makeReply } from './reply.ts';
export { type Slot, slotNames, slots, type Values } from './slots.ts';
export { pick, pickWeighted, type Uniform } from './template.ts';
