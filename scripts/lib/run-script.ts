import { type ParseArgsConfig, parseArgs } from 'node:util';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { say } from './say.ts';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<Own extends Options> = ReturnType<typeof parseArgs<{ options: Own }>>['values'];

export interface Script<Own extends Options, Chosen> {
  /** What --help prints, and what stands below a complaint about the command line. */
  usage: string;
  /** Beside --json and --help, which every script has. */
  options: Own;
  /** The options as the work wants them. @throws TypeError with what is wrong with them */
  read: (values: Values<Own>) => Chosen;
  /** The work; it tells its progress with {@link say}. */
  run: (chosen: Chosen) => Promise<{ json: unknown; text: string }>;
}

const common = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

/**
 * Runs a script and sets its exit code: 0 done, with the result alone on standard output, as one JSON object where `--json` asks for it; 1 failed; 2 wrong usage.
 */
export async function runScript<const Own extends Options, Chosen>({ usage, options, read, run }: Script<Own, Chosen>): Promise<void> {
  let json: boolean;
  let chosen: Chosen;
  try {
    const { values } = parseArgs({ options: { ...options, ...common } }) as { values: Values<Own> & Values<typeof common> };
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      return;
    }
    json = values.json === true;
    chosen = read(values);
  } catch (error) {
    say(`${sentenceOf(error)}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  try {
    const result = await run(chosen);
    process.stdout.write(`${json ? JSON.stringify(result.json) : result.text}\n`);
  } catch (error) {
    // What a person can mend is a sentence; anything else is a defect, and its stack says where.
    say(error instanceof PlainError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}
