import type { Connection } from '../connection.ts';

export interface ProjectRow {
  id: string;
  demo: 0 | 1;
  createdAt: number;
  createdBy: string;
}

export function createProjectQueries(connection: Connection) {
  const insert = connection.prepare<ProjectRow>(
    'INSERT INTO project (only, id, demo, created_at, created_by) VALUES (1, @id, @demo, @createdAt, @createdBy)',
  );
  const get = connection.prepare<undefined, ProjectRow>('SELECT id, demo, created_at AS createdAt, created_by AS createdBy FROM project');
  return { insert: (row: ProjectRow) => insert.run(row), get: () => get.get() };
}
