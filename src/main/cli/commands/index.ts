import type { Command } from '../command.ts';
import { compare } from './compare.ts';
import { dataExport } from './data-export.ts';
import { dataImport } from './data-import.ts';
import { doctor } from './doctor.ts';
import { modelExport } from './model-export.ts';
import { modelImport } from './model-import.ts';
import { modelLogprobs } from './model-logprobs.ts';
import { modelSample } from './model-sample.ts';
import { projectCreate } from './project-create.ts';
import { projectSet } from './project-set.ts';
import { projectShow } from './project-show.ts';
import { runList } from './run-list.ts';
import { runReproduce } from './run-reproduce.ts';
import { runFinish, runResume } from './run-resume.ts';
import { runShow } from './run-show.ts';
import { serve } from './serve.ts';
import { trainDpo, trainGrpo, trainPpo, trainReward, trainSft } from './train.ts';

/** Every command, in the order of a project's life (spec/commands.md). */
export const commands: readonly Command[] = [
  projectCreate,
  projectShow,
  projectSet,
  dataImport,
  dataExport,
  trainSft,
  trainReward,
  trainPpo,
  trainGrpo,
  trainDpo,
  runList,
  runShow,
  runResume,
  runFinish,
  runReproduce,
  modelImport,
  modelExport,
  modelLogprobs,
  modelSample,
  compare,
  serve,
  doctor,
];
