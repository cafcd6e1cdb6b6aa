import { useSyncExternalStore } from 'react';

/**
 * Whether the backend answers. A host that cannot reach its backend child answers 502 to 504; a browser host that is gone makes fetch
 * itself fail. Either way nothing is lost: the page says "Reconnecting" and asks again until someone answers.
 */
export type Connection = 'connected' | 'away';

const pollMilliseconds = 400;
let state: Connection = 'connected';
let polling: ReturnType<typeof setTimeout> | null = null;
const listeners = new Set<(state: Connection) => void>();

function set(next: Connection) {
  if (next === state) return;
  state = next;
  if (next === 'away') poll();
  for (const listener of listeners) listener(next);
}

function poll() {
  if (polling !== null) return;
  polling = setTimeout(async () => {
    polling = null;
    if (state === 'connected') return;
    await observedFetch('/rpc/project.me').catch(() => undefined);
    if (state === 'away') poll();
  }, pollMilliseconds);
}

const isAwayStatus = (status: number) => status === 502 || status === 503 || status === 504;

/** `fetch` that keeps the connection state. An answer of a host without a backend is turned into an {@link AwayError}. */
export async function observedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(input, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    set('away');
    throw new AwayError();
  }
  if (isAwayStatus(response.status)) {
    set('away');
    throw new AwayError();
  }
  set('connected');
  return response;
}

/** The backend did not answer; what was asked can be asked again. */
export class AwayError extends Error {
  override readonly name = 'AwayError';
  constructor() {
    super('Plumbline is reconnecting to its own backend. Nothing is lost.');
  }
}

export function onConnectionChange(listener: (state: Connection) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(onConnectionChange, () => state);
}
