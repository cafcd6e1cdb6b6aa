import '@mantine/core/styles.css';
import '../app/fonts.css';
import '../app/global.css';
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { coursesOf, type OverOptimizationRow } from '#shared/over-optimization.ts';
import { resolver, theme } from '../app/theme.ts';
import { CourseFigures, rangeOf } from '../charts/CourseFigures.tsx';
import classes from './over-optimization.module.css';

/** The picture in docs/results: a page that no screen leads to, made of the app's own charts. `scripts/pictures.ts` fills and photographs it. */
function Picture({ rows }: { rows: OverOptimizationRow[] }) {
  const courses = coursesOf(rows);
  const range = rangeOf(courses.map((course) => course.rows));
  return (
    <main className={classes.picture}>
      {courses.map(({ name, rows: course }) => {
        const [first, last] = [course[0], course.at(-1)];
        if (!first || !last) return null;
        const settings = `β ${first.beta}, learning rate ${first.learningRate}`;
        return (
          <section key={name}>
            <CourseFigures name={name} note={settings} course={course} range={range} steps={last.step} />
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
