/** Progress and log of a script: standard error, so that standard output holds the result alone. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
