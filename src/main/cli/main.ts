import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { version } from '#shared/version.ts';
import { type Command, type CommandInput, Stopped, UsageError } from './command.ts';
import { commands } from './commands/index.ts';
import { helpOf, overview } from './help.ts';
import { progressLine } from './progress.ts';

export interface Streams {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** Runs one command line and returns its exit code (spec/commands.md): 0 done, 1 failed, 2 wrong usage, 130 stopped by the person. */
export async function main(argv: readonly string[], { stdout, stderr }: Streams, signal: AbortSignal): Promise<number> {
  const progress = progressLine(stderr);
  try {
    const words = argv.filter((argument) => !argument.startsWith('-'));
    if (argv.includes('--version') && words.length === 0) {
      stdout.write(`${version}\n`);
      return 0;
    }
    const command = find(argv);
    const wantsHelp = argv.includes('--help') || argv.includes('-h');
    if (!command) {
      const under = commands.filter((candidate) => candidate.words[0] === words[0]);
      if (wantsHelp || argv.length === 0) {
        stdout.write(`${overview(under.length > 0 ? under : commands)}\n`);
        return wantsHelp ? 0 : 2;
      }
      throw new UsageError(`There is no command ${JSON.stringify(words.slice(0, 2).join(' '))}.`);
    }
    if (wantsHelp) {
      stdout.write(`${helpOf(command)}\n`);
      return 0;
    }
    const { json, input } = parse(command, argv.slice(command.words.length));
    const output = await command.run({ ...input, progress: progress.show, signal });
    progress.clear();
    stdout.write(json ? `${JSON.stringify(output.json)}\n` : `${output.text}\n`);
    await output.until;
    return 0;
  } catch (error) {
    progress.clear();
    if (error instanceof Stopped) {
      stderr.write(`${error.message}\n`);
      return 130;
    }
    if (error instanceof UsageError) {
      stderr.write(`${error.message} See ${hintOf(argv)} --help.\n`);
      return 2;
    }
    stderr.write(`${error instanceof PlainError ? error.message : `A defect in Plumbline: ${sentenceOf(error)}`}\n`);
    if (!(error instanceof PlainError) && process.env.PLUMBLINE_DEBUG && error instanceof Error) stderr.write(`${error.stack}\n`);
    return 1;
  }
}

/** The command whose words begin the line. */
function find(argv: readonly string[]): Command | undefined {
  return commands.find((command) => command.words.every((word, index) => argv[index] === word));
}

function hintOf(argv: readonly string[]): string {
  const command = find(argv);
  return command ? `plumbline ${command.words.join(' ')}` : 'plumbline';
}

function parse(command: Command, argv: string[]): { json: boolean; input: Pick<CommandInput, 'positionals' | 'values'> } {
  const options: ParseArgsOptionsConfig = { ...command.options, json: { type: 'boolean' } };
  const parsed = (() => {
    try {
      return parseArgs({ args: argv, options, allowPositionals: true, strict: true });
    } catch (error) {
      throw new UsageError(
        `${sentenceOf(error)
          .split(/\. |\n/)[0]
          ?.replace(/\.$/, '')}.`,
      );
    }
  })();
  const positionals: Record<string, string> = {};
  for (const [index, name] of command.positionals.entries()) {
    const value = parsed.positionals[index];
    if (value === undefined) throw new UsageError(`${name} is missing.`);
    positionals[name] = value;
  }
  const extra = parsed.positionals[command.positionals.length];
  if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one word too many.`);
  return { json: parsed.values.json === true, input: { positionals, values: parsed.values } };
}
