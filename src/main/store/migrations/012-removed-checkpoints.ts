/** A checkpoint's files can be deleted to free their space; its row stays, because runs, answers and reports go on naming it. */
export const sql = /* sql */ `
ALTER TABLE checkpoints ADD COLUMN removed_at INTEGER;
`;
