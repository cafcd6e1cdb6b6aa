/** Turns a listener into the async generator that a tRPC subscription (server-sent events) wants; ends and unsubscribes with `signal`. */
export async function* eventStream<Event>(
  listen: (listener: (event: Event) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event> {
  const waiting: Event[] = [];
  let wake: () => void = () => {};
  const unlisten = listen((event) => {
    waiting.push(event);
    wake();
  });
  const onAbort = () => wake();
  signal?.addEventListener('abort', onAbort);
  try {
    while (!signal?.aborted) {
      const event = waiting.shift();
      if (event) yield event;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    unlisten();
    signal?.removeEventListener('abort', onAbort);
  }
}
