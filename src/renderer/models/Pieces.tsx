import type { TokenPiece } from '#shared/model-jobs.ts';
import { counted } from '../ui/format.ts';
import classes from './try.module.css';

/** Text exactly as a model sees it, special tokens marked. */
export function Pieces({ pieces, label }: { pieces: readonly TokenPiece[]; label: string }) {
  return (
    <section className={classes.seen} aria-label={`${label}, ${counted(pieces.length, 'token')}`}>
      {runsOf(pieces).map(({ text, special }, index) =>
        special ? (
          <mark key={index} className={classes.special} title="special token">
            {text}
          </mark>
        ) : (
          <span key={index}>{text}</span>
        ),
      )}
    </section>
  );
}

/** Neighboring tokens of plain text as one, so that signs of several bytes come out whole. */
function runsOf(pieces: readonly TokenPiece[]): { text: string; special: boolean }[] {
  const runs: { text: string; special: boolean }[] = [];
  for (const { text, special } of pieces) {
    const last = runs.at(-1);
    if (last && !special && !last.special) last.text += text;
    else runs.push({ text, special });
  }
  return runs;
}
