/** What each part of a reward gave a sample, as JSON by the part's name; null where the reward has one part. */
export const sql = /* sql */ `
ALTER TABLE samples ADD COLUMN parts TEXT CHECK (parts IS NULL OR json_valid(parts));
`;
