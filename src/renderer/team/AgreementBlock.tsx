import { publishedAgreement, publishedKappa } from '#shared/agreement/published.ts';
import type { TeamReport } from '#shared/api/team.ts';
import type { Estimate } from '#shared/domain.ts';
import { counted } from '../ui/format.ts';
import { EstimateRow, placeOn } from './EstimateRow.tsx';
import estimates from './estimates.module.css';
import team from './team.module.css';

const shares = [0.4, 1] as const;
const coefficients = [0, 0.8] as const;
const lines = publishedAgreement.map(({ name, share }) => ({ name, value: share }));

/** How often people say the same, against the published lines; then the same corrected for chance. */
export function AgreementBlock({ report }: { report: TeamReport }) {
  const { agreement } = report;
  const row = (name: string, estimate: Estimate | null, unit = 'pair') => (
    <EstimateRow name={name} note={estimate ? counted(estimate.n, unit) : undefined} estimate={estimate} domain={shares} lines={lines} />
  );
  const corrected = (name: string, estimate: Estimate | null, why: string) => (
    <EstimateRow
      name={<span title={why}>{name}</span>}
      estimate={estimate}
      domain={coefficients}
      lines={[]}
      band={[publishedKappa.low, publishedKappa.high]}
      kind="plain"
    />
  );
  return (
    <section aria-label="Agreement">
      <h2 className={team.sectionTitle}>Agreement</h2>
      <div className={estimates.axis}>
        <div />
        <div className={estimates.axisPlot} aria-hidden="true">
          {publishedAgreement.map(({ name, share }, index) => (
            <PublishedName key={name} name={name} share={share} row={index % 2 === 0 ? 0 : 1} toLeft={index < 2} />
          ))}
        </div>
        <div className={estimates.axisNote}>95% interval</div>
      </div>
      <ul className={estimates.rows}>
        {row('Same answer, ties left out', agreement.withoutTies)}
        {row('Same answer, ties counted', agreement.withTies)}
        {row('With oneself, sides swapped', agreement.self)}
        {agreement.gold && row('As the gold answer', agreement.gold, 'answer')}
      </ul>
      <div className={estimates.axis}>
        <div className={estimates.axisName}>Corrected for chance</div>
        <div className={estimates.axisPlot}>
          <span className={estimates.bandName} style={{ left: placeOn(coefficients)((publishedKappa.low + publishedKappa.high) / 2) }}>
            published, κ {publishedKappa.low} to {publishedKappa.high}
          </span>
        </div>
        <div />
      </div>
      <ul className={estimates.rows}>
        {corrected(
          'Cohen κ, mean of pairs of people',
          agreement.cohen,
          'each pair of people weighs as many pairs of responses as both judged',
        )}
        {corrected('Fleiss κ', agreement.fleiss, 'all people at once')}
        {corrected('Krippendorff α, nominal', agreement.alphaNominal, 'A, tie or B')}
        {corrected('Krippendorff α, ordinal', agreement.alphaOrdinal, 'from A much better to B much better')}
        {corrected('Gwet AC1', agreement.ac1, 'steadier than κ where one answer is much more common')}
        {corrected('Gwet AC2, ordinal', agreement.ac2, 'AC1 with near answers counted as nearly the same')}
      </ul>
      <p className={team.small}>
        By the first looks at each pair: further ones are asked for only where people differ. Bootstrap over pairs of responses.
      </p>
    </section>
  );
}

function PublishedName({ name, share, row, toLeft }: { name: string; share: number; row: 0 | 1; toLeft: boolean }) {
  return (
    <span className={estimates.published} data-row={row} data-left={toLeft || undefined} style={{ left: placeOn(shares)(share) }}>
      <span>
        {name} {Math.round(share * 100)}
      </span>
    </span>
  );
}
