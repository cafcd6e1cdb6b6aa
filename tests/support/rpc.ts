import type { Page } from 'playwright-core';

/** Calls the backend as the page does, with its session, to bring about what a test is not about. */
export async function call<Answer>(
  page: Page,
  procedure: string,
  input: unknown,
  kind: 'query' | 'mutation' = 'mutation',
): Promise<Answer> {
  const answer = await page.evaluate(
    async ({ procedure, input, kind }) => {
      const query = kind === 'query' ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
      const response = await fetch(`/rpc/${procedure}${query}`, {
        method: kind === 'query' ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
        ...(kind === 'query' ? {} : { body: JSON.stringify(input) }),
      });
      return (await response.json()) as { result?: { data: unknown }; error?: { message: string } };
    },
    { procedure, input, kind },
  );
  if (answer.error) throw new Error(`${procedure}: ${answer.error.message}`);
  return answer.result?.data as Answer;
}

/** Starts a run and waits until it is done; answers with its id and its checkpoint's. */
export async function trainToTheEnd(page: Page, input: object): Promise<{ run: string; checkpoint: string }> {
  const { id } = await call<{ id: string }>(page, 'runs.start', input);
  for (;;) {
    const run = await call<{ state: string; error: string | null; result: { id: string } | null }>(page, 'runs.get', { run: id }, 'query');
    if (run.state === 'done' && run.result) return { run: id, checkpoint: run.result.id };
    if (!['queued', 'running'].includes(run.state)) throw new Error(`the run is ${run.state}: ${run.error}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
