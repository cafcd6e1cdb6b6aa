import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import type { RunDetail, RunSample } from '#shared/api/runs.ts';
import type { RunState } from '#shared/domain.ts';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { useRunEvents } from '../app/run-events.tsx';
import { RunSeries } from './run-series.ts';

/** How often an active run is asked for again: what a broken event stream would have missed. */
const refetchMilliseconds = 4_000;

export function isActive(state: RunState): boolean {
  return state === 'queued' || state === 'running' || state === 'stopping';
}

/** A run, kept current by events while it goes on, and by asking again. */
export function useRun(run: string) {
  const cache = useQueryClient();
  const key = queries.run(run).queryKey;
  const query = useQuery({
    ...queries.run(run),
    refetchInterval: ({ state }) => (state.data && isActive(state.data.state) ? refetchMilliseconds : false),
  });
  const change = (update: (detail: RunDetail) => RunDetail) =>
    cache.setQueryData(key, (detail: RunDetail | undefined) => (detail ? update(detail) : detail));
  useRunEvents((event) => {
    if (event.run !== run) return;
    if (event.kind === 'progress') {
      const { step, totalSteps, secondsLeft } = event;
      change((detail) => ({ ...detail, step, totalSteps, secondsLeft }));
    }
    if (event.kind === 'sign') {
      const same = (sign: { step: number; sign: string }) => sign.step === event.sign.step && sign.sign === event.sign.sign;
      change((detail) => (detail.signs.some(same) ? detail : { ...detail, signs: [...detail.signs, event.sign] }));
    }
  });
  return query;
}

/**
 * The metrics of one run, for as long as the component lives: give it a key by run. Rows of the event stream are drawn once a frame;
 * `version` changes with them. The same RunSeries grows in place, so depend on `version`, not on it alone.
 */
export function useRunSeries(run: string, active: boolean) {
  const instance = useId();
  const [series] = useState(() => new RunSeries());
  const [version, setVersion] = useState(0);
  const frame = useRef(0);
  // The stream may be further ahead than what was fetched.
  const fetchedThrough = useRef(-1);

  const redraw = () => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      setVersion((before) => before + 1);
    });
  };
  useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const query = useQuery({
    queryKey: ['runs', 'metrics', run, instance],
    queryFn: async () => {
      const rows = await client.runs.metrics.query({ run, afterStep: fetchedThrough.current });
      series.add(rows);
      fetchedThrough.current = rows.at(-1)?.step ?? fetchedThrough.current;
      redraw();
      return fetchedThrough.current;
    },
    refetchInterval: active ? refetchMilliseconds : false,
    gcTime: 0,
  });
  useRunEvents((event) => {
    if (event.kind !== 'metrics' || event.run !== run) return;
    series.add([event.row]);
    redraw();
  });
  return { series, version, pending: query.isPending, error: query.error };
}

/** The answers to the run's fixed prompts so far, oldest step first. */
export function useRunSamples(run: string) {
  const cache = useQueryClient();
  const queryKey = ['runs', 'samples', run];
  const query = useQuery({ queryKey, queryFn: () => client.runs.samples.query({ run }) });
  useRunEvents((event) => {
    if (event.kind !== 'sample' || event.run !== run) return;
    const { sample } = event;
    const same = (other: RunSample) => other.step === sample.step && other.promptId === sample.promptId;
    cache.setQueryData(queryKey, (samples: RunSample[] | undefined) => samples && [...samples.filter((other) => !same(other)), sample]);
  });
  return query;
}
