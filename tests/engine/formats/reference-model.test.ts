import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { tokenizerOf } from '#engine/formats/language-model.ts';
import { openModel } from '#engine/formats/open.ts';
import { logProbsOf } from '#engine/process/log-probs.ts';
import { logProbsResult } from '#shared/model-jobs.ts';
import { referenceModel, withoutModel } from '../../support/reference-model.ts';

/** What shared/models/README.md asks for. */
const tolerance = 2e-3;

describe.skipIf(!referenceModel)(`SmolLM2 135M from GGUF, against transformers${withoutModel}`, () => {
  const { path, reference } = referenceModel ?? { path: '', reference: { cases: [], encodings: [] } };
  const folder = mkdtempSync(join(tmpdir(), 'reference-'));
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await backend.close();
  });

  test('its rebuilt tokenizer gives the same ids, and writes the same prompts', () => {
    const source = openModel(path);
    const tokenizer = tokenizerOf(source)!;
    source.close();
    for (const { text, ids } of reference.encodings) {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(ids, { keepSpecial: true })).toBe(text);
    }
    for (const { messages, text, input_ids } of reference.cases) {
      expect(tokenizer.promptText(messages)).toBe(text);
      expect(tokenizer.prompt(messages)).toEqual(input_ids);
    }
  });

  test.each(reference.cases.map((expected) => [expected.messages.at(-1)!.content, expected] as const))('%s', async (_, expected) => {
    const outFile = join(folder, 'out.json');
    await logProbsOf(
      { kind: 'logprobs', model: path, question: { messages: expected.messages }, greedy: expected.greedy_ids.length, outFile },
      { emit: () => {}, breathe: async () => {}, backend: '' },
    );
    const { ids, logprobs, top10, greedy } = logProbsResult.parse(JSON.parse(readFileSync(outFile, 'utf8')));
    expect(ids).toEqual(expected.input_ids);
    expect(Math.max(...logprobs.map((logprob, t) => Math.abs(logprob - expected.next_token_logprobs[t]!)))).toBeLessThan(tolerance);
    expect(top10.map(({ id }) => id)).toEqual(expected.last_top10.ids);
    // Logits are known up to what the log-softmax takes away.
    const [most] = expected.last_top10.logits as [number];
    for (const [i, { logprob }] of top10.entries()) {
      expect(Math.abs(logprob - top10[0]!.logprob - (expected.last_top10.logits[i]! - most))).toBeLessThan(tolerance);
    }
    expect(greedy).toEqual(expected.greedy_ids);
  });
});
