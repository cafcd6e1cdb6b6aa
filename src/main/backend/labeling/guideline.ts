import type { z } from 'zod';
import type { judgeInput } from '#shared/api/labeling.ts';
import type { AspectRatings, GuidelineAsks } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import type { GuidelineRow } from '#store/queries/guidelines.ts';
import type { Store } from '#store/store.ts';

type Judged = z.output<typeof judgeInput>;

/**
 * The guideline that a judgment was made under: the one that its author had before them, even if a newer one came into force before it arrived.
 * @throws PlainError bad_input for a version that never was
 */
export function guidelineOf(store: Store, version: number | null | undefined): GuidelineRow | null {
  if (version === null) return null;
  const current = store.guidelines.current() ?? null;
  if (version === undefined || version === current?.version) return current;
  const shown = store.guidelines.get(version);
  if (shown) return shown;
  throw new PlainError(
    'bad_input',
    `This judgment was made under guideline ${version}, which this project does not have, so it was not stored. Reload the page and judge the pair again.`,
  );
}

/**
 * A judgment's ratings, once it has what its guideline asks for and nothing that nobody asked for. Who sets a pair aside owes nothing.
 * @param asks null: a blind vote, which is asked for nothing @throws PlainError bad_input, with what is missing
 */
export function ratingsOf(judged: Judged, asks: GuidelineAsks | null, responses: number): AspectRatings | null {
  const { ratings, rationale } = judged;
  const { aspects, minimumReason } = asks ?? { aspects: [], minimumReason: 0 };
  for (const [aspect, values] of Object.entries(ratings ?? {})) {
    if (!aspects.includes(aspect))
      throw refused(`The guideline does not ask for ratings by “${aspect}”`, 'Reload the page and judge the pair again.');
    if (values.length !== responses) throw refused(`“${aspect}” rates ${values.length} of ${responses} responses`, 'Rate each.');
  }
  if (judged.skipped !== null || (judged.ranking === null && !judged.bothBad)) return ratings;
  const unrated = aspects.filter((aspect) => ratings?.[aspect] === undefined);
  if (unrated.length > 0)
    throw refused(`The guideline asks to rate each response by ${unrated.join(', ')}`, 'Rate them and judge the pair again.');
  const written = rationale?.trim().length ?? 0;
  if (written < minimumReason)
    throw refused(
      `The guideline asks for a reason of ${minimumReason} characters and this one has ${written}`,
      'Say more and judge the pair again.',
    );
  return ratings;
}

function refused(why: string, next: string): PlainError {
  return new PlainError('bad_input', `${why}, so the judgment was not stored. ${next}`);
}
