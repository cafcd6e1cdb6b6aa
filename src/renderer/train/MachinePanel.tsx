import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { chooseBackend, type UsableBackend, type Work } from '#shared/backends.ts';
import { queries } from '../app/queries.ts';
import { formatBytes, formatDuration } from '../ui/format.ts';
import { Triangle } from '../ui/Triangle.tsx';
import classes from './new-run.module.css';

interface MachinePanelProps {
  work: Work;
  memoryBytes: number;
  /** About how long, or null when nothing was measured yet. */
  seconds: number | null;
}

/** What the run takes of this machine, before it starts. */
export function MachinePanel({ work, memoryBytes, seconds }: MachinePanelProps) {
  const { data: doctor } = useQuery(queries.doctor());
  const memory = doctor?.memoryBytes ?? null;
  // Where PLUMBLINE_BACKEND forces it, Settings says so; nothing is decided here.
  const decision = doctor?.choice.forced === null ? chooseBackend(doctor.backends, doctor.choice.setting, work) : null;
  const wordsOf = (backend: UsableBackend | null | undefined) => doctor?.backends.find(({ name }) => name === backend)?.words;
  const [trainer, writer] = [wordsOf(decision?.backend), wordsOf(decision?.writer)];
  const tight = doctor !== undefined && memoryBytes > doctor.freeMemoryBytes;
  return (
    <section>
      <h2 className={classes.sideTitle}>On this machine</h2>
      <div className={classes.machineRow}>
        <span>Memory</span>
        <span className={classes.bar}>
          {memory !== null && <span style={{ width: `${Math.min(100, Math.max(1, (100 * memoryBytes) / memory))}%` }} />}
        </span>
        <span>
          {formatBytes(memoryBytes)}
          {memory !== null && ` of ${formatBytes(memory)}`}
        </span>
      </div>
      <div className={classes.machineRow}>
        <span>Time</span>
        <span />
        <span>{seconds === null ? 'not measured yet' : `about ${formatDuration(seconds)}`}</span>
      </div>
      <Text size="xs" c={tight ? 'var(--mantine-color-text)' : 'dimmed'} mt={4}>
        {tight ? (
          <>
            <Triangle size={9} /> More than the {formatBytes(doctor.freeMemoryBytes)} that are free now. Close other programs, or use
            shorter answers and fewer of them a step.
          </>
        ) : (
          `Fits.${trainer ? ` ${trainer}${writer ? `; answers are written on ${writer}` : ''}.` : ''}`
        )}
      </Text>
    </section>
  );
}
