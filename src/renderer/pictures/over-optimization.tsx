import '@mantine/core/styles.css';
import '../app/fonts.css';
import '../app/global.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { coursesOf, type OverOptimizationRow } from '#shared/over-optimization.ts';
import { resolver, theme } from '../app/theme.ts';
import { courseChart } from '../charts/course-chart.ts';
import { Figure } from '../charts/Figure.tsx';
import classes from './over-optimization.module.css';

/** The picture in docs/results: a page that no screen leads to, made of the app's own charts. `scripts/pictures.ts` fills and photographs it. */
function Picture({ rows }: { rows: OverOptimizationRow[] }) {
  const include = rows.flatMap(({ gold, proxy }) => [gold, proxy]);
  const range = [Math.min(...include), Math.max(...include)];
  return (
    <main className={classes.picture}>
      {coursesOf(rows).map(({ name, rows: course }) => {
        const [first, last] = [course[0], course.at(-1)];
        if (!first || !last) return null;
        const furthest = Math.max(1, ...course.map(({ kl }) => kl));
        const settings = `β ${first.beta}, learning rate ${first.learningRate}`;
        return (
          <section key={name}>
            <Figure
              title={name}
              note={`${settings}; by step`}
              spec={courseChart(course, 'step', last.step, range, 260)}
              label={`${name}: gold and proxy by step`}
            />
            <Figure
              title="against KL"
              note="nats a response from SFT"
              spec={courseChart(course, 'kl', furthest, range, 200)}
              label={`${name}: gold and proxy against KL`}
            />
          </section>
        );
      })}
    </main>
  );
}

const root = document.getElementById('root');
const rows = (await (await fetch('./rows.json')).json()) as OverOptimizationRow[];
if (root) {
  createRoot(root).render(
    <MantineProvider theme={theme} cssVariablesResolver={resolver} forceColorScheme="light">
      <Picture rows={rows} />
    </MantineProvider>,
  );
}
