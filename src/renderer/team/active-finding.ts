/** What `scripts/active.ts` measured on the demo project, said where a lead chooses what is labeled next. */
export const activeFinding = '';
