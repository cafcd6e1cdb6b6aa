import { type RefObject, useEffect } from 'react';
import { type Commands, useCommands } from '../app/keyboard.ts';
import { answerById, answerCommands, scaleOfSeven } from './answers.ts';
import type { LabelSession } from './session.ts';

export type OpenPanel = 'skip' | 'flag' | 'reason' | null;

interface LabelCommands {
  session: LabelSession;
  scale: 'five' | 'seven';
  /** Holds the two texts; scroll keys move what is inside it. */
  pane: RefObject<HTMLElement | null>;
  open: (panel: OpenPanel) => void;
  toggle: Record<'difference' | 'guideline' | 'prompt' | 'together', () => void>;
  resize: (by: 1 | -1) => void;
  /** False while a reason is asked for: what is typed then must not judge. */
  enabled: boolean;
}

const lineHeights = 3 * 26;

/** The keys of Label. Bare keys judge. */
export function useLabelCommands({ session, scale, pane, open, toggle, resize, enabled }: LabelCommands): void {
  const scroll = (by: (height: number) => number) => () => {
    // Only the visible pair: the next one is drawn too, but hidden.
    for (const text of pane.current?.querySelectorAll<HTMLElement>('[data-response]') ?? []) {
      if (text.offsetParent !== null) text.scrollBy({ top: by(text.clientHeight) });
    }
  };
  const judging = Object.fromEntries(Object.entries(answerCommands).map(([command, id]) => [command, () => session.judge(answerById(id))]));
  const seven: Commands =
    scale === 'seven'
      ? {
          'label.seven': (event) => {
            const answer = scaleOfSeven[Number(event.key) - 1];
            if (answer) session.judge(answerById(answer.id));
          },
        }
      : {};
  const commands: Commands = {
    ...seven,
    ...judging,
    'label.undo': () => session.undo(),
    'label.redo': () => session.redo(),
    'label.skip': () => open('skip'),
    'label.flag': () => open('flag'),
    'label.reason': () => open('reason'),
    'label.difference': toggle.difference,
    'label.guideline': toggle.guideline,
    'label.prompt': toggle.prompt,
    'label.together': toggle.together,
    'label.smaller': () => resize(-1),
    'label.larger': () => resize(1),
    'label.down': scroll(() => lineHeights),
    'label.up': scroll(() => -lineHeights),
    'label.pageDown': scroll((height) => height - 52),
    'label.pageUp': scroll((height) => 52 - height),
  };
  useCommands(commands, enabled);
  useEffect(() => {
    const note = () => session.noteKey();
    window.addEventListener('keydown', note, true);
    return () => window.removeEventListener('keydown', note, true);
  }, [session]);
}
