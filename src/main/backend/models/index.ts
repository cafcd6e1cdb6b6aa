import { basename } from 'node:path';
import type { CompareApi } from '#shared/api/compare.ts';
import type { ModelPlace, ModelsApi } from '#shared/api/models.ts';
import { PlainError } from '#shared/errors.ts';
import { modelDescription } from '#shared/model-jobs.ts';
import { manifestOf } from '../checkpoints/manifest.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import type { BackendContext } from '../context.ts';
import { askEngine } from './engine-question.ts';
import { checkExport, exportFrom } from './export.ts';
import { forgetUnfinishedImports, importInto } from './import.ts';
import { localPath } from './places.ts';
import { createPlayground } from './playground.ts';
import { forgetRemoved, removalOf, removeCheckpoint } from './remove.ts';
import { createTransfers } from './transfers.ts';

/** Models in and out of a project, tried out, and deleted. */
export function createModels(context: BackendContext, compare: CompareApi): ModelsApi {
  const { store, sideJobs, uploadsFolder, onClose } = context;
  forgetUnfinishedImports(store);
  forgetRemoved(store);
  const transfers = createTransfers(sideJobs);
  const playground = createPlayground(store, sideJobs);
  onClose(transfers.close);
  onClose(playground.close);
  return {
    async inspect({ place }) {
      if (place.kind === 'hub') throw new PlainError('bad_input', 'A repository of the Hub is looked at once it is downloaded. Import it.');
      const source = localPath(place, uploadsFolder);
      const described = await askEngine({
        jobs: sideJobs,
        job: (outFile) => ({ kind: 'inspect', source, outFile }),
        schema: modelDescription,
      });
      if (!described) throw new PlainError('conflict', 'The project was closed before the model was read. Open it again.');
      return described;
    },
    import(input) {
      if (input.place.kind !== 'hub') localPath(input.place, uploadsFolder);
      const name = input.name ?? nameOfPlace(input.place);
      return transfers.begin({ kind: 'import', name, words: 'Waiting' }, (work) => importInto(context, input, work));
    },
    export(input) {
      checkExport(store, input);
      const { name } = requireCheckpoint(store, input.checkpoint);
      return transfers.begin({ kind: 'export', name, words: 'Waiting' }, (work) => exportFrom(store, compare, input, work));
    },
    transfers: transfers.list,
    stop: transfers.stop,
    finished: transfers.finished,
    origin(id) {
      const row = requireCheckpoint(store, id);
      const { origin } = manifestOf(checkpointFolder(store, row));
      return { architecture: row.architecture, license: row.license, origin: origin ?? null };
    },
    ...playground,
    removal: (id) => removalOf(store, id),
    remove: (id) => removeCheckpoint(store, id),
  };
}

/** What a model is called until it says its name. */
function nameOfPlace(place: ModelPlace): string {
  switch (place.kind) {
    case 'path':
      return basename(place.path);
    case 'upload':
      return 'the file that was sent';
    case 'hub':
      return place.repository;
  }
}
