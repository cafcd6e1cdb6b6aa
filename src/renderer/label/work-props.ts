import type { ReactNode } from 'react';
import type { LabelItem } from '#shared/api/labeling.ts';
import type { Decision } from './answers.ts';
import type { LabelSession } from './session.ts';
import type { Reading } from './use-reading.ts';

/** What is open beside the texts or over them. */
export type Panel = 'skip' | 'flag' | 'reason' | 'ratings' | null;

/** What one item needs to be read and judged, whatever its kind. */
export interface WorkProps {
  item: LabelItem;
  session: LabelSession;
  reading: Reading;
  /** The decision that is on its way to the store. */
  chosen: string | null;
  /** Says above the first item that this is the demo project. */
  demo: boolean;
  flagged: boolean;
  /** A reason is being written, or was. */
  reasoned: boolean;
  /** False while a reason is asked for: what is typed then must not judge. */
  enabled: boolean;
  /** The keys that scroll work: also while responses are rated, which are read meanwhile. */
  readable: boolean;
  /** Judges the item; held back while the guideline asks for something that is not there. */
  decide: (decision: Decision) => void;
  /** Each response by each aspect was rated; null when the guideline asks for no ratings. */
  rated: boolean | null;
  /** One's own judgments are listed beside the work. */
  mine: boolean;
  toggleMine: () => void;
  open: (panel: Panel) => void;
  /** Stands between the texts and the answers, so that it covers neither and no answer moves. */
  docked: ReactNode;
}
