import { SegmentedControl, Select, Slider, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { RunSample } from '#shared/api/runs.ts';
import { useCommands } from '../app/keyboard.ts';
import { count, formatNumber } from '../ui/format.ts';
import { TextButton } from '../ui/TextLink.tsx';
import { samplesByPrompt, threeOf } from './samples.ts';
import classes from './side.module.css';
import { TokensView } from './TokensView.tsx';

/** The same prompts, answered again every few steps with the same seed: reading is the only check that no metric replaces. */
export function SamplesPanel({ run, samples }: { run: string; samples: readonly RunSample[] }) {
  const prompts = useMemo(() => samplesByPrompt(samples), [samples]);
  const [promptIndex, setPromptIndex] = useState(0);
  /** Null follows the newest. */
  const [stepIndex, setStepIndex] = useState<number | null>(null);
  const move = (by: number) => setPromptIndex((index) => Math.max(0, Math.min(prompts.length - 1, index + by)));
  useCommands({ 'list.next': () => move(1), 'list.previous': () => move(-1) }, prompts.length > 1);

  const current = prompts[Math.min(promptIndex, prompts.length - 1)];
  if (!current) {
    return (
      <section aria-label="Samples">
        <h2 className={classes.sideTitle}>The same prompts, over time</h2>
        <Text size="md" c="dimmed" maw="58ch" mt={8}>
          Eight prompts are answered before the first step and again every few steps, with the same seed each time. The answers appear here.
        </Text>
      </section>
    );
  }
  const { answers } = current;
  const last = answers.length - 1;
  const chosen = stepIndex === null ? last : Math.min(stepIndex, last);
  return (
    <section aria-label="Samples">
      <div className={classes.sideHead}>
        <h2 className={classes.sideTitle}>The same prompt, over time</h2>
        <PromptChoice prompts={prompts} chosen={Math.min(promptIndex, prompts.length - 1)} onChoose={setPromptIndex} />
      </div>
      <p className={classes.samplePrompt}>{current.prompt}</p>
      {last > 0 && (
        <>
          <Slider
            className={classes.slider}
            thumbLabel="Step of the answer"
            min={0}
            max={last}
            step={1}
            value={chosen}
            onChange={(index) => setStepIndex(index === last ? null : index)}
            label={(index) => `step ${count(answers[index]?.step ?? 0)}`}
            marks={last <= 40 ? answers.map((_, index) => ({ value: index })) : []}
            size={2}
            thumbSize={12}
          />
          <div className={classes.sliderWords}>
            <span>step {count(answers[0]!.step)}</span>
            <span>same seed each time</span>
            <span>{count(answers[last]!.step)}</span>
          </div>
        </>
      )}
      {threeOf(answers, chosen).map((answer) => (
        <Answer key={answer.step} run={run} answer={answer} />
      ))}
    </section>
  );
}

/** Few prompts are chosen by number, many by their words. */
function PromptChoice({ prompts, chosen, onChoose }: { prompts: { prompt: string }[]; chosen: number; onChoose: (index: number) => void }) {
  if (prompts.length > 10) {
    return (
      <Select
        size="xs"
        w={240}
        searchable
        allowDeselect={false}
        aria-label="Prompt"
        data={prompts.map(({ prompt }, index) => ({ value: String(index), label: `${index + 1}  ${prompt.slice(0, 60)}` }))}
        value={String(chosen)}
        onChange={(value) => value !== null && onChoose(Number(value))}
      />
    );
  }
  return (
    <SegmentedControl
      size="xs"
      aria-label="Prompt"
      data={prompts.map((_, index) => ({ value: String(index), label: String(index + 1) }))}
      value={String(chosen)}
      onChange={(value) => onChoose(Number(value))}
      classNames={{ label: classes.promptChoice }}
    />
  );
}

function Answer({ run, answer }: { run: string; answer: RunSample }) {
  const [byToken, setByToken] = useState(false);
  return (
    <article className={classes.answer}>
      <header className={classes.answerHead}>
        <strong>{answer.step === 0 ? 'Step 0, SFT' : `Step ${count(answer.step)}`}</strong>
        <span className={classes.answerFacts}>
          <span>
            {count(answer.tokens)} tokens{answer.terminated ? '' : ', cut off'}
          </span>
          {answer.kl !== null && answer.step > 0 && <span>KL {answer.kl.toFixed(1)}</span>}
          {answer.reward !== null && <span>reward {formatNumber(answer.reward, 'signed')}</span>}
          {answer.perToken && (
            <TextButton onClick={() => setByToken(!byToken)} pressed={byToken}>
              {byToken ? 'as text' : 'by token'}
            </TextButton>
          )}
        </span>
      </header>
      {answer.parts && (
        <p className={classes.answerParts}>
          {Object.entries(answer.parts)
            .map(([name, value]) => `${name} ${formatNumber(value, 'signed')}`)
            .join(' · ')}
        </p>
      )}
      {byToken ? (
        <TokensView run={run} step={answer.step} promptId={answer.promptId} />
      ) : (
        <p className={classes.answerText}>{answer.text === '' ? <em>an empty answer</em> : answer.text}</p>
      )}
    </article>
  );
}
