import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Asked } from '#shared/api/models.ts';
import type { Message } from '#shared/domain.ts';
import type { TokenPiece } from '#shared/model-jobs.ts';
import { client } from '../app/client.ts';
import { modelQueries } from './model-queries.ts';

interface TalkSettings {
  temperature: number;
  maxNewTokens: number;
  seed: number;
}

export interface TalkState {
  turns: Message[];
  draft: string;
  setDraft: (draft: string) => void;
  settings: TalkSettings;
  change: (changes: Partial<TalkSettings>) => void;
  /** The answer that is being written; null between answers. */
  growing: Asked | null;
  error: unknown;
  /** What the model read for its last answer. */
  seen: TokenPiece[] | null;
  answerIds: { count: number; terminated: boolean } | null;
  isSending: boolean;
  send: () => void;
  stop: () => void;
  startOver: () => void;
}

/** A conversation with a checkpoint: what was said, the answer under way, and the next question. */
export function useTalk(checkpoint: string): TalkState {
  const [turns, setTurns] = useState<Message[]>([]);
  const [draft, setDraft] = useState('');
  const [settings, setSettings] = useState<TalkSettings>({ temperature: 0.7, maxNewTokens: 256, seed: 0 });
  const [question, setQuestion] = useState<string | null>(null);
  const [last, setLast] = useState<Asked | null>(null);
  const asking = useMutation({
    mutationFn: (messages: Message[]) => client.models.ask.mutate({ checkpoint, messages, sampling: { ...settings, topK: 0, topP: 1 } }),
    onSuccess: ({ question }, messages) => {
      setTurns(messages);
      setDraft('');
      setLast(null);
      setQuestion(question);
    },
  });
  const asked = useQuery({ ...modelQueries.asked(question ?? ''), enabled: question !== null });
  const state = asked.data?.state;
  useEffect(() => {
    if (!asked.data || asked.data.id !== question || state === 'queued' || state === 'running') return;
    const { text } = asked.data;
    setLast(asked.data);
    setQuestion(null);
    if (text !== '') setTurns((before) => [...before, { role: 'assistant', content: text }]);
    else {
      // Nothing came: the question goes back to where it can be asked again.
      setTurns((before) => before.slice(0, -1));
      setDraft((draft) => draft || (turns.at(-1)?.content ?? ''));
    }
  }, [asked.data, question, state, turns]);
  const [answer] = last?.result?.answers ?? [];
  return {
    turns,
    draft,
    setDraft,
    settings,
    change: (changes) => setSettings((before) => ({ ...before, ...changes })),
    growing: question === null ? null : (asked.data ?? { ...waiting, id: question }),
    error: asking.error ?? (question === null && last?.error ? new Error(last.error) : asked.error),
    seen: last?.result?.prompt ?? null,
    answerIds: answer ? { count: answer.ids.length, terminated: answer.terminated } : null,
    isSending: asking.isPending,
    send: () => asking.mutate([...turns, { role: 'user', content: draft.trim() }]),
    stop: () => question !== null && void client.models.stopAsking.mutate({ question }),
    startOver: () => {
      setTurns([]);
      setLast(null);
      asking.reset();
    },
  };
}

const waiting: Omit<Asked, 'id'> = { checkpoint: { id: '', name: '' }, state: 'queued', text: '', tokens: 0, error: null, result: null };
