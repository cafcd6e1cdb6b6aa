/** Progress on standard error: on a terminal one line that is written over, elsewhere at most a line every five seconds. */
export function progressLine(stream: NodeJS.WriteStream): { show: (line: string) => void; clear: () => void } {
  let shown = 0;
  let lastAt = 0;
  return {
    show(line) {
      if (stream.isTTY) {
        const cut = line.slice(0, Math.max(20, (stream.columns ?? 80) - 1));
        stream.write(`\r${cut.padEnd(shown)}`);
        shown = cut.length;
        return;
      }
      if (Date.now() - lastAt < 5000) return;
      lastAt = Date.now();
      stream.write(`${line}\n`);
    },
    clear() {
      if (stream.isTTY && shown > 0) stream.write(`\r${' '.repeat(shown)}\r`);
      shown = 0;
    },
  };
}

/** `45 s`, `3 min 20 s` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
