import type { Connection } from '../connection.ts';

/** A pair that somebody flagged, or skipped with a reason. */
export interface RemarkRow {
  seq: number;
  /** Of the judgment. */
  id: string;
  comparisonId: string;
  promptId: string;
  personId: string;
  /** The reasons; null: not flagged, not skipped. */
  flagged: string | null;
  skipped: string | null;
  decidedAt: number;
}

const from = `FROM judgments INDEXED BY judgments_with_remarks CROSS JOIN assignments ON assignments.latest = judgments.seq
  JOIN people ON people.id = assignments.person_id AND people.enabled = 1
  JOIN comparisons ON comparisons.id = assignments.comparison_id AND comparisons.purpose <> 'study'
  WHERE (flagged IS NOT NULL OR skipped IS NOT NULL) AND assignments.state <> 'open'
    AND NOT EXISTS (SELECT 1 FROM removed_comparisons WHERE removed_comparisons.comparison_id = assignments.comparison_id)`;

/** What people said is wrong with pairs, as long as they stand by it and the pair was not taken out. */
export function createRemarkQueries(connection: Connection) {
  const page = connection.prepare<{ before: number; limit: number }, RemarkRow>(
    `SELECT judgments.seq, judgments.id, assignments.comparison_id AS comparisonId, prompt_id AS promptId, judgments.person_id AS personId, flagged,
       skipped, decided_at AS decidedAt ${from} AND judgments.seq < @before ORDER BY judgments.seq DESC LIMIT @limit`,
  );
  const counts = connection.prepare<undefined, { flags: number | null; skips: number | null }>(
    `SELECT sum(flagged IS NOT NULL) AS flags, sum(skipped IS NOT NULL) AS skips ${from}`,
  );
  return {
    /** Newest first, before `seq` (null: from the newest). */
    page: (before: number | null, limit: number) => page.all({ before: before ?? Number.MAX_SAFE_INTEGER, limit }),
    counts(): { flags: number; skips: number } {
      const found = counts.get();
      return { flags: found?.flags ?? 0, skips: found?.skips ?? 0 };
    },
  };
}
