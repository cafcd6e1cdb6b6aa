import { sql as project } from './001-project.ts';
import { sql as training } from './002-training.ts';
import { sql as texts } from './003-texts.ts';
import { sql as labeling } from './004-labeling.ts';
import { sql as search } from './005-search.ts';
import { sql as progress } from './006-progress.ts';
import { sql as verdicts } from './007-verdicts.ts';
import { sql as demand } from './008-demand.ts';
import { sql as team } from './009-team.ts';
import { sql as rewardParts } from './010-reward-parts.ts';
import { sql as days } from './011-days.ts';
import { sql as removedCheckpoints } from './012-removed-checkpoints.ts';
import { sql as guidelineAsks } from './013-guideline-asks.ts';
import { sql as remarks } from './014-remarks.ts';

/** Migration n is `migrations[n - 1]`. Forward only: what has been released is never edited, only followed. */
export const migrations: readonly string[] = [
  project,
  training,
  texts,
  labeling,
  search,
  progress,
  verdicts,
  demand,
  team,
  rewardParts,
  days,
  removedCheckpoints,
  guidelineAsks,
  remarks,
];
