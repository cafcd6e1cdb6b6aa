/** Flags and skips are few among many judgments: a list of them reads those alone. */
export const sql = /* sql */ `
CREATE INDEX judgments_with_remarks ON judgments (seq) WHERE flagged IS NOT NULL OR skipped IS NOT NULL;
`;
