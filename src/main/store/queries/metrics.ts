import type { MetricName, Metrics } from '#shared/metrics.ts';
import type { Connection } from '../connection.ts';

export function createMetricQueries(connection: Connection) {
  const insert = connection.prepare<{ runId: string; step: number; name: string; value: number }>(
    `INSERT INTO metrics (run_id, step, name, value) VALUES (@runId, @step, @name, @value)
     ON CONFLICT (run_id, step, name) DO UPDATE SET value = excluded.value`,
  );
  const after = connection.prepare<{ runId: string; step: number }, { step: number; name: MetricName; value: number }>(
    'SELECT step, name, value FROM metrics WHERE run_id = @runId AND step > @step ORDER BY step',
  );
  const newest = connection.prepare<{ runId: string; name: MetricName }, { value: number }>(
    'SELECT value FROM metrics WHERE run_id = @runId AND name = @name ORDER BY step DESC LIMIT 1',
  );
  const at = connection.prepare<{ runId: string; step: number; name: MetricName }, { value: number }>(
    'SELECT value FROM metrics WHERE run_id = @runId AND step = @step AND name = @name',
  );
  const dropAfter = connection.prepare<{ runId: string; step: number }>('DELETE FROM metrics WHERE run_id = @runId AND step > @step');
  return {
    /** A step said again (after a resume) replaces itself. */
    insert(runId: string, step: number, values: Metrics): void {
      for (const [name, value] of Object.entries(values)) insert.run({ runId, step, name, value });
    },
    /** One row a step, after `step`, in order. */
    after(runId: string, step: number): { step: number; values: Metrics }[] {
      const rows: { step: number; values: Metrics }[] = [];
      for (const { step: at, name, value } of after.all({ runId, step })) {
        let row = rows.at(-1);
        if (row?.step !== at) {
          row = { step: at, values: {} };
          rows.push(row);
        }
        row.values[name] = value;
      }
      return rows;
    },
    newest: (runId: string, name: MetricName) => newest.get({ runId, name })?.value,
    at: (runId: string, step: number, name: MetricName) => at.get({ runId, step, name })?.value,
    /** Forgets what came after the step that a resume goes on from. */
    dropAfter: (runId: string, step: number) => dropAfter.run({ runId, step }),
  };
}
