import type { Supervisor } from '#jobs/supervisor.ts';
import type { Store } from '#store/store.ts';

/** What every concern of one open project is made from: `createX(context): XApi`. A new one is made when another project opens. */
export interface BackendContext {
  readonly store: Store;
  /** Starts engine processes, one at a time. */
  readonly jobs: Supervisor;
  /** The same beside the runs, for what must not wait until training ends: models in and out, and questions to one. */
  readonly sideJobs: Supervisor;
  /** Where the app keeps what belongs to no project: recent projects, uploads, the demo. */
  readonly dataFolder: string;
  /** Files sent by POST /files/uploads, `ID/NAME`, until they are imported. */
  readonly uploadsFolder: string;
  /** The token for one download from the Hub, if there is one. */
  hubToken(): Promise<string | undefined>;
  /** `work` runs when the project closes, before its store does. */
  onClose(work: () => void | Promise<void>): void;
}
