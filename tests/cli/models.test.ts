import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { goldenFixture, goldenPath, tolerance, worstError } from '../golden/load.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startCli } from './run-cli.ts';

interface ModelFixture {
  sequences: number[][];
  batches: { right: { token_logprobs: number[][] } };
  greedy: { ids: number[][] };
  eos_token_id: number;
}

async function cli<Result>(data: string, ...args: string[]): Promise<Result> {
  const { code, stdout, stderr } = await startCli([...args, '--json'], { data }).ended;
  expect(
    stderr
      .split('\n')
      .filter((line) => !/^(Converting|Taking|Writing)/.test(line))
      .join('\n'),
  ).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Result;
}

test.each(['gpt2', 'qwen3', 'smollm'])(
  'model logprobs of %s as a folder is transformers’s, greedy tokens too',
  async (name) => {
    const data = temporaryFolder();
    const fixture = goldenFixture<ModelFixture>('models', name);
    const ids = fixture.sequences[0]!;
    writeFileSync(join(data, 'prompt.json'), JSON.stringify({ ids }));
    const args = ['--model', goldenPath('models', name), '--prompt', join(data, 'prompt.json'), '--greedy', '12'];
    const result = await cli<{
      ids: number[];
      logprobs: number[];
      top10: { id: number; logprob: number }[];
      greedy: number[];
    }>(data, 'model', 'logprobs', ...args);
    expect(result.ids).toEqual(ids);
    expect(result.logprobs).toHaveLength(ids.length - 1);
    expect(worstError(result.logprobs, fixture.batches.right.token_logprobs[0]!.slice(0, ids.length - 1))).toBeLessThan(tolerance.logProbs);
    expect(result.top10.map(({ logprob }) => logprob)).toEqual(result.top10.map(({ logprob }) => logprob).toSorted((a, b) => b - a));
    const expected = fixture.greedy.ids[0]!;
    expect(result.greedy).toEqual(expected.slice(0, result.greedy.length));
    expect(result.greedy.length === expected.length || result.greedy.at(-1) === fixture.eos_token_id).toBe(true);
  },
  240_000,
);

test('a model goes into a project and out of it, and says the same wherever it is asked', async () => {
  const data = temporaryFolder();
  const project = join(data, 'p.plumbline');
  await cli(data, 'project', 'create', project);
  const taken = await cli<{
    checkpoint: string;
    architecture: string;
    parameters: number;
  }>(data, 'model', 'import', goldenPath('models', 'smollm'), '--project', project, '--name', 'tiny');
  expect(taken).toMatchObject({ architecture: 'LlamaForCausalLM', name: 'tiny' });
  const out = join(data, 'tiny.gguf');
  const written = await cli(data, 'model', 'export', 'tiny', out, '--format', 'gguf', '--storage', 'F32', '--project', project);
  expect(written).toEqual({
    checkpoint: taken.checkpoint,
    architecture: taken.architecture,
    parameters: taken.parameters,
    format: 'gguf',
    path: out,
  });
  const prompt = join(data, 'prompt.json');
  writeFileSync(prompt, JSON.stringify({ messages: [{ role: 'user', content: 'Hello?' }] }));
  const ask = (model: string, ...more: string[]) =>
    cli<{ responses: { text: string; ids: number[]; terminated: boolean }[] }>(
      data,
      'model',
      'sample',
      '--model',
      model,
      '--prompt',
      prompt,
      '--seed',
      '4',
      '--max-new-tokens',
      '6',
      ...more,
    );
  const [inProject, outside] = [await ask('tiny', '--project', project), await ask(out)];
  expect(outside).toEqual(inProject);
  const { responses } = inProject;
  expect(responses).toHaveLength(1);
  expect(responses[0]!.ids.length).toBeGreaterThan(0);
}, 400_000);

test('a model that is none is one sentence and exit code 1', async () => {
  const data = temporaryFolder();
  writeFileSync(join(data, 'prompt.json'), '{"text": "Hello"}');
  writeFileSync(join(data, 'not-a-model.gguf'), 'GGUF and then nothing that is true');
  const { code, stdout, stderr } = await startCli(
    ['model', 'logprobs', '--model', join(data, 'not-a-model.gguf'), '--prompt', join(data, 'prompt.json')],
    { data },
  ).ended;
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/not-a-model\.gguf is GGUF version \d+; versions 2 and 3 can be read/);
});
