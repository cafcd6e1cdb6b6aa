import { readdirSync, readFileSync } from 'node:fs';

/** Milliseconds between two looks. The kernel keeps the peak itself, so only a process's last moments can be missed. */
const interval = 500;

/** Follows the peak memory of this process's children, of which one a job is an engine. Linux only: elsewhere `peak` stays null. */
export function watchChildMemory(): { peak(): number | null; stop(): void } {
  let most: number | null = null;
  const look = () => {
    for (const pid of childrenOf(process.pid)) most = Math.max(most ?? 0, peakOf(pid) ?? 0);
  };
  const timer = setInterval(look, interval);
  timer.unref();
  return { peak: () => most, stop: () => clearInterval(timer) };
}

function childrenOf(pid: number): string[] {
  const folder = `/proc/${pid}/task`;
  try {
    return readdirSync(folder).flatMap((task) =>
      readFileSync(`${folder}/${task}/children`, 'utf8')
        .split(' ')
        .filter((child) => child !== ''),
    );
  } catch {
    return []; // no /proc here, or a thread ended meanwhile
  }
}

/** The most memory that a process held at a time, in bytes; null once it is gone. */
function peakOf(pid: string): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : 1024 * Number(kilobytes);
  } catch {
    return null;
  }
}
