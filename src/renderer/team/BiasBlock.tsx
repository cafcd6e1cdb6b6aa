import { publishedLonger } from '#shared/agreement/published.ts';
import type { TeamBiases } from '#shared/api/team.ts';
import { EstimateRow } from './EstimateRow.tsx';
import estimates from './estimates.module.css';
import { isFew } from './finding.ts';
import team from './team.module.css';

const shares = [0.3, 0.9] as const;
const hurried = [0, 0.2] as const;
const half = [{ value: 0.5, name: '50%' }];
const limit = 0.05;

/** What should not decide: side, length, form, haste. */
export function BiasBlock({ biases }: { biases: TeamBiases }) {
  const { left, longer, list, heading, bold, fast } = biases;
  return (
    <section aria-label="Does anything but quality decide?">
      <h2 className={team.sectionTitle}>Does anything but quality decide?</h2>
      <div className={estimates.axis} data-low>
        <div />
        <div />
        <div className={estimates.axisNote}>95% interval</div>
      </div>
      <ul className={estimates.rows}>
        <EstimateRow
          name="Left one picked"
          note="50, no side"
          noteBelow
          estimate={left}
          domain={shares}
          lines={half}
          failed={left !== null && !isFew(left) && (left.low > 0.5 || left.high < 0.5)}
        />
        <EstimateRow
          name="Longer one preferred"
          note={`AlpacaEval ${publishedLonger * 100}`}
          noteBelow
          estimate={longer}
          domain={shares}
          lines={[{ value: publishedLonger, name: 'AlpacaEval' }]}
        />
        <EstimateRow name="The one with a list" note="50, no effect" noteBelow estimate={list} domain={shares} lines={half} />
        <EstimateRow name="The one with headings" note="50, no effect" noteBelow estimate={heading} domain={shares} lines={half} />
        <EstimateRow name="The one with bold" note="50, no effect" noteBelow estimate={bold} domain={shares} lines={half} />
        <EstimateRow
          name="Faster than one can read"
          note="limit 5, axis to 20"
          noteBelow
          estimate={fast}
          domain={hurried}
          lines={[{ value: limit, name: 'limit' }]}
          failed={fast !== null && !isFew(fast) && fast.low > limit}
        />
      </ul>
    </section>
  );
}
