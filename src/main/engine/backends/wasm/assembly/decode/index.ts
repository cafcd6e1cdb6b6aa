// The module of decoding: a step of all layers is a program of tasks (program.ts), which any thread may help with; beside it, what makes weights ready for it.
export { storePrompts } from './attend';
export { beginProgram, continueProgram, joinProgram, prepareToWait, runAlone } from './program';
export { packWeights } from './weights';
