import type { Connection } from '../connection.ts';
import { createAssignmentQueries } from './assignments.ts';
import { createCheckpointQueries } from './checkpoints.ts';
import { createCheckQueries } from './checks.ts';
import { createComparisonQueries } from './comparisons.ts';
import { createDayQueries } from './days.ts';
import { createDemandQueries } from './demand.ts';
import { createExportQueries } from './exports.ts';
import { createGuidelineQueries } from './guidelines.ts';
import { createImportQueries } from './imports.ts';
import { createJudgmentQueries } from './judgments.ts';
import { createMetricQueries } from './metrics.ts';
import { createPeopleQueries } from './people.ts';
import { createProgressQueries } from './progress.ts';
import { createProjectQueries } from './project.ts';
import { createPromptQueries } from './prompts.ts';
import { createRemarkQueries } from './remarks.ts';
import { createRemovalQueries } from './removals.ts';
import { createReportQueries } from './reports.ts';
import { createResponseQueries } from './responses.ts';
import { createRuleQueries } from './rules.ts';
import { createRunQueries } from './runs.ts';
import { createSampleQueries } from './samples.ts';
import { createSettingQueries } from './settings.ts';
import { createSignQueries } from './signs.ts';
import { createTrainingQueries } from './training.ts';
import { createVerdictQueries } from './verdicts.ts';
import { createVoteQueries } from './votes.ts';

/** Every table's statements, prepared once when a project opens. */
export function createQueries(connection: Connection) {
  return {
    project: createProjectQueries(connection),
    people: createPeopleQueries(connection),
    guidelines: createGuidelineQueries(connection),
    progress: createProgressQueries(connection),
    settings: createSettingQueries(connection),
    prompts: createPromptQueries(connection),
    responses: createResponseQueries(connection),
    imports: createImportQueries(connection),
    exports: createExportQueries(connection),
    comparisons: createComparisonQueries(connection),
    assignments: createAssignmentQueries(connection),
    judgments: createJudgmentQueries(connection),
    checkpoints: createCheckpointQueries(connection),
    runs: createRunQueries(connection),
    metrics: createMetricQueries(connection),
    samples: createSampleQueries(connection),
    signs: createSignQueries(connection),
    reports: createReportQueries(connection),
    training: createTrainingQueries(connection),
    votes: createVoteQueries(connection),
    verdicts: createVerdictQueries(connection),
    rules: createRuleQueries(connection),
    removals: createRemovalQueries(connection),
    remarks: createRemarkQueries(connection),
    days: createDayQueries(connection),
    demand: createDemandQueries(connection),
    checks: createCheckQueries(connection),
  };
}
export type Queries = ReturnType<typeof createQueries>;
