import type { ParseArgsOptionsConfig } from 'node:util';

/** Values of a command's options as `util.parseArgs` gives them. */
export type OptionValues = Record<string, string | boolean | (string | boolean)[] | undefined>;

export interface CommandInput {
  /** What stands on the command line beside options, by the names in `positionals`. */
  positionals: Record<string, string>;
  values: OptionValues;
  /** One line of progress on standard error; on a terminal the next one takes its place. */
  progress: (line: string) => void;
  /** Aborted by Ctrl-C (and SIGTERM): leave a resumable state and throw `Stopped`. */
  signal: AbortSignal;
}

export interface CommandOutput {
  /** What `--json` prints, one object (spec/commands.md). */
  json: object;
  /** What a terminal gets. */
  text: string;
  /** The command goes on after it has printed (`serve`) until this resolves. */
  until?: Promise<void>;
}

export interface Command {
  /** `['project', 'create']` */
  words: readonly string[];
  summary: string;
  /** After the words: `PATH [--demo]`. */
  usage: string;
  /** A whole command line after `plumbline`. */
  example: string;
  positionals: readonly string[];
  options: ParseArgsOptionsConfig;
  /** One line for each option. */
  optionHelp: Readonly<Record<string, string>>;
  run(input: CommandInput): Promise<CommandOutput>;
}

/** The command line itself is wrong: exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The person stopped it: exit 130. The message says how to go on. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}
