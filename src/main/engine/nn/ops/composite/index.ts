import type { Kernels } from '../../../backends/kernels.ts';
import { activation } from './activation.ts';
import { attention } from './attention.ts';
import { embed } from './embed.ts';
import { linear } from './linear.ts';
import { logProb } from './log-prob.ts';
import { norm } from './norm.ts';
import { optimizer } from './optimizer.ts';
import { rope } from './rope.ts';

/** Every kernel as a composite of tf ops: right on any backend, fast on none. Avoids the stock ops that spec/engine.md lists as wrong or missing. */
export const composite: Kernels = { ...linear, ...embed, ...norm, ...rope, ...attention, ...activation, ...logProb, ...optimizer };
