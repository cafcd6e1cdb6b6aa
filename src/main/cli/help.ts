import type { Command } from './command.ts';

/** `plumbline --help`, or the part of it under a first word (`plumbline run --help`). */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.words.join(' ').length));
  return [
    'Usage: plumbline COMMAND … [--json]     (in a clone: npm run cli -- COMMAND …)',
    '',
    ...commands.map((command) => `  ${command.words.join(' ').padEnd(width)}  ${command.summary}`),
    '',
    'Every command has --help with an example. --json prints one JSON object on standard output; progress and errors go to standard error.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by you (Ctrl-C leaves a run that can be resumed).',
    '',
    `Example: plumbline ${commands[0]?.example ?? ''}`,
  ].join('\n');
}

/** `plumbline project create --help`. */
export function helpOf(command: Command): string {
  const named = Object.entries(command.options).map(([name, option]) => {
    const short = option.short ? `-${option.short}, ` : '';
    return { flag: `${short}--${name}${option.type === 'string' ? ' …' : ''}`, help: command.optionHelp[name] ?? '' };
  });
  named.push({ flag: '--json', help: 'one JSON object on standard output and nothing else there' });
  const width = Math.max(...named.map((option) => option.flag.length));
  return [
    `Usage: plumbline ${command.words.join(' ')} ${command.usage} [--json]`,
    '',
    command.summary,
    '',
    ...named.map((option) => `  ${option.flag.padEnd(width)}  ${option.help}`),
    '',
    `Example: plumbline ${command.example}`,
  ].join('\n');
}
