import type { Message } from '#shared/domain.ts';
import type { JobOf } from '#shared/jobs.ts';
import type { ModelDescription } from '#shared/model-jobs.ts';
import { tokenizerOf } from '../formats/language-model.ts';
import { openModel } from '../formats/open.ts';
import { parametersOf } from '../formats/source.ts';
import { decoderConfigFrom } from '../nn/config.ts';
import { sizeOf } from '../nn/parameters.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { bytesOf } from '../weights/dtypes.ts';
import { writeWhole } from '../weights/files.ts';

const shortTalk: Message[] = [{ role: 'user', content: 'What is a plumb line?' }];

/**
 * Looks at a model from elsewhere, by its headers and its tokenizer alone, and writes to the job's file what an import would bring.
 * @throws PlainError when it could not be imported.
 */
export async function inspectModel(job: JobOf<'inspect'>, { breathe }: JobContext): Promise<JobResult> {
  const source = openModel(job.source);
  try {
    const tokenizer = tokenizerOf(source);
    const parameters = parametersOf(source);
    const config = decoderConfigFrom(source.config);
    await breathe();
    const numbers = parameters.map(([, { shape, dtype }]) => ({ count: sizeOf(shape), bytes: sizeOf(shape) * bytesOf[dtype] }));
    const sum = (of: 'count' | 'bytes') => numbers.reduce((total, number) => total + number[of], 0);
    const [architecture] = (source.config.architectures as string[] | undefined) ?? [];
    const description: ModelDescription = {
      format: source.format,
      name: source.name,
      license: source.license,
      architecture: architecture ?? config.architecture,
      parameters: sum('count'),
      storage: source.storage,
      bytes: sum('bytes'),
      context: config.positions,
      vocabulary: config.vocabulary,
      layers: config.layers,
      width: config.width,
      hasTokenizer: tokenizer !== null,
      hasChatTemplate: tokenizer?.template != null,
      stopTokens: tokenizer ? tokenizer.stopIds.map((id) => tokenizer.decode([id], { keepSpecial: true })) : [],
      sample: tokenizer?.pieces(tokenizer.prompt(shortTalk)) ?? [],
    };
    writeWhole(job.outFile, JSON.stringify(description));
    return { checkpoint: null, metrics: {}, reward: null };
  } finally {
    source.close();
  }
}
