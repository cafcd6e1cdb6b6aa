/** What a version of the guideline asks for beside a choice: ratings by aspect, and words (src/shared/domain.ts, guidelineAsks). */
export const sql = /* sql */ `
ALTER TABLE guidelines ADD COLUMN asks TEXT NOT NULL DEFAULT '{"aspects":[],"minimumReason":0}' CHECK (json_valid(asks));
`;
