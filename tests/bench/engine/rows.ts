import { usualLora } from '#engine/nn/lora/config.ts';
import { ppoIteration } from './ppo.ts';
import { batch, decoding as decoded, large, small } from './shapes.ts';
import { decoding, forwardPass, model, product, trainingStep, type Work } from './work.ts';

/** A line of the benchmark. `ms`: of one run; otherwise `amount` a second. `peer`: what the other side of the row is. */
export interface Row {
  name: string;
  unit: 'ms' | 'tokens/s' | 'samples/s' | 'GFLOPS';
  better: 'lower' | 'higher';
  /** Runs that are timed, after a second of runs that are not. */
  runs: number;
  peer: string;
  prepare(): Work;
}

/** With the model's own disposal. */
function on(json: object, work: (decoder: ReturnType<typeof model>) => Work): () => Work {
  return () => {
    const decoder = model(json);
    const made = work(decoder);
    return {
      ...made,
      dispose: () => {
        made.dispose();
        decoder.dispose();
      },
    };
  };
}

const step = { unit: 'ms', better: 'lower' } as const;
const tokens = { unit: 'tokens/s', better: 'higher' } as const;

export const rows: Row[] = [
  { name: 'gemm-peak', unit: 'GFLOPS', better: 'higher', runs: 9, peer: 'torch matmul', prepare: () => product(1024) },
  { name: 'train-step-small', ...step, runs: 31, peer: 'torch', prepare: on(small, (decoder) => trainingStep(decoder, batch)) },
  { name: 'decode-small', ...tokens, runs: 9, peer: 'transformers generate', prepare: on(small, (decoder) => decoding(decoder, decoded)) },
  { name: 'ppo-iteration', unit: 'samples/s', better: 'higher', runs: 3, peer: 'TRL 1.12 PPOTrainer', prepare: ppoIteration },
  { name: 'forward-135m', ...step, runs: 5, peer: 'torch', prepare: on(large, (decoder) => forwardPass(decoder, batch)) },
  {
    name: 'lora-step-135m',
    ...step,
    runs: 3,
    peer: 'torch + peft',
    prepare: on(large, (decoder) => {
      const adapted = decoder.adapted(usualLora, { seed: 1 });
      const work = trainingStep(adapted, batch);
      return {
        ...work,
        dispose: () => {
          work.dispose();
          adapted.dispose();
        },
      };
    }),
  },
  { name: 'decode-135m', ...tokens, runs: 3, peer: 'transformers generate', prepare: on(large, (decoder) => decoding(decoder, decoded)) },
  {
    name: 'decode-135m-int8',
    ...tokens,
    runs: 3,
    peer: 'transformers generate, float32',
    prepare: on(large, (decoder) => decoding(decoder, decoded, 'int8')),
  },
];
