/**
 * `npm run demo:train`: makes `resources/demo` anew: vocabulary, SFT model, prompts, pairs, simulated judgments. The same seed gives the same files on the
 * same backend. `-- --out FOLDER` writes elsewhere, `-- --data-only` keeps the model that is there and makes the rest from it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { Random } from '#engine/nn/random.ts';
import { learningRateAt } from '#engine/nn/schedule.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '#engine/weights/checkpoint.ts';
import { makePrompt, makeReply } from '#shared/front-desk/index.ts';
import { say } from '../lib/say.ts';
import { trainBpe } from './bpe.ts';
import { type Example, type ExampleKind, makeExample } from './corpus.ts';
import { batchesOf, type LessonWeights, lessonLoss } from './lesson.ts';
import { writeProjectFiles } from './project-files.ts';
import { recipe } from './recipe.ts';
import { specialTokens, tokenizerFiles } from './tokenizer-files.ts';

function makeTokenizer(): Tokenizer {
  const random = Random.from(recipe.seed, 'vocabulary');
  const uniform = () => random.uniform();
  const texts = Array.from({ length: recipe.vocabularyTexts }, () => {
    const prompt = makePrompt('train', uniform);
    return `${prompt.text}\n${makeReply(prompt, uniform)}`;
  });
  const vocabulary = trainBpe(texts, specialTokens, recipe.vocabulary);
  const folder = mkdtempSync(join(tmpdir(), 'front-desk-'));
  try {
    for (const [name, json] of Object.entries(tokenizerFiles(vocabulary))) writeFileSync(join(folder, name), `${JSON.stringify(json)}\n`);
    say(`Vocabulary: ${vocabulary.tokens.length} tokens.`);
    return Tokenizer.load(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeBatches(tokenizer: Tokenizer): { batch: Example[]; weights: LessonWeights }[] {
  const codec = { encode: (text: string) => tokenizer.encode(text), decode: (ids: number[]) => tokenizer.decode(ids) };
  return recipe.stages.flatMap(({ examples, weights }, index) => {
    const random = Random.from(recipe.seed, 'corpus', index);
    const drawn = (Object.entries(examples) as [ExampleKind, number][]).flatMap(([kind, count]) =>
      Array.from({ length: count }, () => makeExample(kind, codec, () => random.uniform())),
    );
    return batchesOf(drawn, recipe.batchSize, random).map((batch) => ({ batch, weights }));
  });
}

function trainModel(tokenizer: Tokenizer, vocabulary: number): Decoder {
  const decoder = Decoder.random(decoderConfigFrom({ ...recipe.model, vocab_size: vocabulary, ...stopTokens(tokenizer) }), recipe.seed);
  rescale(decoder, recipe.widerStart, (name) => /(attn|mlp)\..*weight$/.test(name));
  const optimizer = new AdamW(decoder.parameters, recipe.adam);
  const batches = makeBatches(tokenizer);
  const start = Date.now();
  let tokens = 0;
  let average = Number.NaN;
  for (const [step, { batch, weights }] of batches.entries()) {
    const rate = learningRateAt('cosine', step + 1, batches.length, recipe.warmupSteps, recipe.learningRate);
    const { value, gradients } = valueAndGradients(() => lessonLoss(decoder, batch, weights, tokenizer.padId), decoder.parameters);
    optimizer.step(gradients, rate, recipe.maxGradNorm);
    gradients.dispose();
    tokens += batch.length * Math.max(...batch.map(({ prompt, reply }) => prompt.length + reply.length));
    average = Number.isNaN(average) ? value : 0.98 * average + 0.02 * value;
    if ((step + 1) % 100 === 0) {
      const seconds = (Date.now() - start) / 1000;
      say(
        `Step ${step + 1} of ${batches.length}: loss ${average.toFixed(3)}, ${(tokens / 1e6).toFixed(2)}M tokens, ${seconds.toFixed(0)} s.`,
      );
    }
  }
  optimizer.dispose();
  // logits = norm(x)·Eᵀ, so dividing the norm's weight and bias by τ makes temperature 1 what τ was.
  rescale(decoder, 1 / recipe.sharpen, (name) => name.includes('ln_f.'));
  return decoder;
}

const stopTokens = (tokenizer: Tokenizer) => ({
  bos_token_id: tokenizer.eosId,
  eos_token_id: tokenizer.eosId,
  pad_token_id: tokenizer.padId,
});

function rescale(decoder: Decoder, factor: number, matches: (name: string) => boolean): void {
  const arrays = decoder.parameters.toArrays();
  for (const [name, array] of arrays)
    if (matches(name))
      arrays.set(
        name,
        array.map((value) => value * factor),
      );
  decoder.parameters.load(arrays);
}

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: resolve(import.meta.dirname, '../../resources/demo') },
    'data-only': { type: 'boolean', default: false },
  },
});
mkdirSync(options.out, { recursive: true });
const folder = join(options.out, 'model');
const backend = await openBackend();
say(`Backend: ${backend.words}.`);
if (!options['data-only']) {
  const tokenizer = makeTokenizer();
  const { vocab } = (JSON.parse(tokenizer.files.get('tokenizer.json') ?? '') as { model: { vocab: Record<string, number> } }).model;
  const checkpoint: Checkpoint = {
    decoder: trainModel(tokenizer, Object.keys(vocab).length),
    tokenizer,
    manifest: { format: 1, kind: 'sft', reward: null },
    scoreHead: null,
  };
  saveCheckpoint(folder, checkpoint, { dtype: 'BF16' });
  checkpoint.decoder.dispose();
}
// The weights as they are shipped, in bf16, answer the prompts.
await writeProjectFiles(options.out, loadCheckpoint(folder), say);
await backend.close();
say(`Wrote ${options.out}.`);
