import type { PersonPanel } from '#shared/api/team.ts';
import type { Estimate } from '#shared/domain.ts';
import classes from './PersonDetail.module.css';
import { Removal } from './Removal.tsx';
import { Share } from './Share.tsx';

/** A row opened: what stands out in full sentences, then the figures that have no column. */
export function PersonDetail({ person, mayRemove }: { person: PersonPanel; mayRemove: boolean }) {
  return (
    <div className={classes.detail}>
      {person.flags.map(({ kind, sentence, advice }) => (
        <p key={kind} className={classes.flagSentence}>
          {sentence} {mayRemove && advice}
        </p>
      ))}
      <dl className={classes.facts}>
        <Fact name="In the calibration round, as the others" estimate={person.calibration} />
        <Fact name="With the rest, first half" estimate={person.drift?.early ?? null} />
        <Fact name="With the rest, second half" estimate={person.drift?.late ?? null} />
        <Fact name="The one with a list" estimate={person.list} />
        <Fact name="The one with headings" estimate={person.heading} />
        <Fact name="The one with bold" estimate={person.bold} />
      </dl>
      {mayRemove && person.judged > 0 && <Removal target={{ kind: 'person', id: person.personId }} button="Take their judgments out" />}
    </div>
  );
}

function Fact({ name, estimate }: { name: string; estimate: Estimate | null }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Share estimate={estimate} />
      </dd>
    </div>
  );
}
