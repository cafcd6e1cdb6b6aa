import type { RunPlan } from '#shared/api/runs.ts';
import type { Method } from '#shared/domain.ts';
import { counted } from '../ui/format.ts';
import { MathSign } from '../ui/MathSign.tsx';

/** What a run of the method would do, with how much data. */
export function planTitle(method: Method, data: RunPlan['data']): string {
  if (data.train === 0)
    return {
      sft: 'Fine-tune on preferred answers',
      reward: 'Train a reward model',
      ppo: 'Align the policy',
      grpo: 'Align the policy',
      dpo: 'Align the policy',
    }[method];
  switch (method) {
    case 'sft':
      return `Fine-tune on the preferred answers of ${counted(data.train, 'pair')}`;
    case 'reward':
      return `Train a reward model on ${counted(data.train, 'pair')}`;
    case 'ppo':
    case 'grpo':
      return `Align the policy on ${counted(data.train, 'prompt')}`;
    case 'dpo':
      return `Align the policy on ${counted(data.train, 'pair')}`;
  }
}

/** What a method is for, in a few words or in a sentence. */
export function MethodWords({ method, long = false }: { method: Method; long?: boolean }) {
  switch (method) {
    case 'sft':
      return long ? (
        <>
          Teaches the model to answer as the preferred side of each judged pair does; ties teach nothing. Later runs start from it and are
          measured against it.
        </>
      ) : (
        <>imitates the answers that were preferred</>
      );
    case 'reward':
      return long ? (
        <>
          Learns <MathSign tex="r_\varphi" />: which of two responses is better, as judged. Pairs of held-out prompts measure it.
        </>
      ) : (
        <>learns from judgments which response is better</>
      );
    case 'ppo':
      return long ? (
        <>
          Moves <MathSign tex="\pi_\theta" /> toward what <MathSign tex="r_\varphi" /> rewards, and holds it near SFT: maximize reward −{' '}
          <MathSign tex="\beta" />
          ·KL.
        </>
      ) : (
        <>moves the policy toward what the reward model rewards</>
      );
    case 'grpo':
      return long ? (
        <>
          Answers each prompt several times and moves <MathSign tex="\pi_\theta" /> toward the answers that <MathSign tex="r_\varphi" />{' '}
          rewards above the others, near SFT. No critic: less memory than PPO.
        </>
      ) : (
        <>like PPO, by comparing answers to the same prompt</>
      );
    case 'dpo':
      return long ? (
        <>
          Moves <MathSign tex="\pi_\theta" /> toward chosen responses and away from rejected ones, straight from the judgments: no reward
          model, no answers of its own.
        </>
      ) : (
        <>moves the policy straight from judgments, without a reward model</>
      );
  }
}
