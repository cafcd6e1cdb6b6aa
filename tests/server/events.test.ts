import { expect, test } from 'vitest';
import { eventStream } from '#server/routes/event-stream.ts';
import { startBrowserHost } from '../support/host.ts';

test('events arrive in order, also those that come while nobody asks, and an aborted stream unsubscribes', async () => {
  const listeners = new Set<(event: number) => void>();
  const abort = new AbortController();
  const stream = eventStream<number>((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, abort.signal);
  const first = stream.next(); // subscribes, and waits
  for (const listener of listeners) for (const event of [1, 2, 3]) listener(event);
  expect(await first).toEqual({ done: false, value: 1 });
  expect((await stream.next()).value).toBe(2);
  expect((await stream.next()).value).toBe(3);
  const last = stream.next();
  abort.abort();
  expect(await last).toEqual({ done: true, value: undefined });
  expect(listeners.size).toBe(0);
});

test('run events are server-sent events over HTTP; a page that goes away leaves nothing behind, and an open one does not keep the server', async () => {
  const { origin, cookie } = await startBrowserHost();
  const page = new AbortController();
  const response = await fetch(`${origin}/rpc/runs.events`, { headers: { cookie, accept: 'text/event-stream' }, signal: page.signal });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.getReader();
  const chunk = await reader?.read();
  expect(new TextDecoder().decode(chunk?.value)).toContain('connected');
  page.abort();
  await expect(reader?.read()).rejects.toThrow();
  // A second page stays open: the host's close at the end of this test must not wait for it.
  await fetch(`${origin}/rpc/runs.events`, { headers: { cookie, accept: 'text/event-stream' } });
});
