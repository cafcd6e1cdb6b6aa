import { bags, laundry, taxi, tickets } from './errands.ts';
import type { Intent } from './intent.ts';
import { linen, noise, repair, wifi } from './room.ts';
import { breakfast, checkout, table, wake } from './times.ts';

export type { Intent } from './intent.ts';

export const intents = { linen, wake, taxi, table, checkout, noise, repair, bags, breakfast, laundry, wifi, tickets } satisfies Record<
  string,
  Intent
>;
export type IntentName = keyof typeof intents;
export const intentNames = Object.keys(intents) as IntentName[];
