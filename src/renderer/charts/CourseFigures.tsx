import type { CourseRow } from '#shared/over-optimization.ts';
import { courseChart } from './course-chart.ts';
import { Figure } from './Figure.tsx';

interface CourseFiguresProps {
  name: string;
  /** Beside the name: its settings. */
  note: string;
  course: readonly CourseRow[];
  /** Values that the y axes of all courses side by side show, so that they can be read across. */
  range: readonly number[];
  /** The end of the x axis of steps. */
  steps: number;
}

/** Gold and proxy of one course, by step and against KL. */
export function CourseFigures({ name, note, course, range, steps }: CourseFiguresProps) {
  const furthest = Math.max(1, ...course.map(({ kl }) => kl));
  return (
    <>
      <Figure
        title={name}
        note={`${note}; by step`}
        spec={courseChart(course, 'step', steps, range, 260)}
        label={`${name}: gold and proxy by step`}
      />
      <Figure
        title="against KL"
        note="nats a response from SFT"
        spec={courseChart(course, 'kl', furthest, range, 200)}
        label={`${name}: gold and proxy against KL`}
        across="KL"
      />
    </>
  );
}

/** The least and the greatest value that any of the courses has. */
export function rangeOf(courses: readonly (readonly CourseRow[])[]): number[] {
  const values = courses.flatMap((course) => course.flatMap(({ gold, proxy }) => [gold, proxy]));
  return values.length === 0 ? [] : [Math.min(...values), Math.max(...values)];
}
