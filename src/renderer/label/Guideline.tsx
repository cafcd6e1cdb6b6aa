import { CloseButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ProjectSummary } from '#shared/api/project.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { Markdown } from '../ui/Markdown.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import classes from './Guideline.module.css';

/** The guideline beside the work; over B where the window is too narrow for both. Judging goes on while it is open. */
export function Guideline({ guideline, onClose }: { guideline: ProjectSummary['guideline']; onClose: () => void }) {
  const { data: me } = useQuery(queries.me());
  useCommands({ 'app.close': onClose });
  return (
    <aside className={classes.guideline} aria-label="Guideline">
      <div className={classes.head}>
        <h2>{guideline ? `Guideline ${guideline.version}` : 'No guideline yet'}</h2>
        <CloseButton size="sm" onClick={onClose} aria-label="Close the guideline" />
      </div>
      {guideline ? (
        <Markdown text={guideline.markdown} size={14} guideline />
      ) : (
        <p className={classes.none}>A guideline says what better means here. Judgments made without one record that there was none.</p>
      )}
      {me?.role !== 'annotator' && (
        <p className={classes.none}>
          <TextLink to="/label/guideline">{guideline ? 'Write the next version' : 'Write one'}</TextLink>
        </p>
      )}
    </aside>
  );
}
