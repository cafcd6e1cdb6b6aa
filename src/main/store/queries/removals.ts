import type { Connection } from '../connection.ts';

export interface Removal {
  kind: 'comparison' | 'guideline';
  id: string;
  removedBy: string;
  removedAt: number;
}

/** Comparisons and guideline versions whose judgments a lead took out of every count, split and training set. Rows stay; taking one back restores all. */
export function createRemovalQueries(connection: Connection) {
  const removeComparison = connection.prepare<{ id: string; by: string; at: number }>(
    `INSERT INTO removed_comparisons SELECT id, seq, @by, @at FROM comparisons WHERE id = @id ON CONFLICT (comparison_id) DO NOTHING`,
  );
  const restoreComparison = connection.prepare<{ id: string }>('DELETE FROM removed_comparisons WHERE comparison_id = @id');
  const removeGuideline = connection.prepare<{ version: number; by: string; at: number }>(
    'INSERT INTO removed_guidelines (version, removed_by, removed_at) VALUES (@version, @by, @at) ON CONFLICT (version) DO NOTHING',
  );
  const restoreGuideline = connection.prepare<{ version: number }>('DELETE FROM removed_guidelines WHERE version = @version');
  const all = connection.prepare<undefined, Removal>(
    `SELECT 'comparison' AS kind, comparison_id AS id, removed_by AS removedBy, removed_at AS removedAt FROM removed_comparisons
     UNION ALL SELECT 'guideline', CAST(version AS TEXT), removed_by, removed_at FROM removed_guidelines ORDER BY removedAt DESC`,
  );
  const seqs = connection.prepare<undefined, { seq: number }>('SELECT comparison_seq AS seq FROM removed_comparisons');
  const versions = connection.prepare<undefined, { version: number }>('SELECT version FROM removed_guidelines');
  const idsOf = {
    person: connection.prepare<{ key: string }, { id: string }>(
      `SELECT judgments.id FROM assignments JOIN judgments ON judgments.seq = assignments.latest
       WHERE assignments.person_id = @key AND state = 'judged' AND assignments.queue NOT LIKE 'study:%'`,
    ),
    comparison: connection.prepare<{ key: string }, { id: string }>(
      `SELECT judgments.id FROM assignments JOIN judgments ON judgments.seq = assignments.latest WHERE comparison_id = @key AND state = 'judged'`,
    ),
    guideline: connection.prepare<{ key: string }, { id: string }>(
      `SELECT judgments.id FROM assignments JOIN judgments ON judgments.seq = assignments.latest
       WHERE guideline_version = CAST(@key AS INTEGER) AND state = 'judged' AND queue NOT LIKE 'study:%'`,
    ),
  };
  return {
    removeComparison: (id: string, by: string, at: number) => removeComparison.run({ id, by, at }),
    restoreComparison: (id: string) => restoreComparison.run({ id }),
    removeGuideline: (version: number, by: string, at: number) => removeGuideline.run({ version, by, at }),
    restoreGuideline: (version: number) => restoreGuideline.run({ version }),
    /** Newest first. */
    all: () => all.all(),
    comparisonSeqs: () => new Set(seqs.all().map(({ seq }) => seq)),
    guidelineVersions: () => new Set(versions.all().map(({ version }) => version)),
    /** Ids of the judgments that count now and would not, were this taken out. */
    judgmentIds: (kind: keyof typeof idsOf, key: string) => idsOf[kind].all({ key }).map(({ id }) => id),
  };
}
