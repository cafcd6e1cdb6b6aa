import { CloseButton } from '@mantine/core';
import type { ProjectSummary } from '#shared/api/project.ts';
import { useCommands } from '../app/keyboard.ts';
import { Markdown } from '../ui/Markdown.tsx';
import classes from './Guideline.module.css';

/** The guideline beside the work; over B where the window is too narrow for both. Judging goes on while it is open. */
export function Guideline({ guideline, onClose }: { guideline: ProjectSummary['guideline']; onClose: () => void }) {
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
    </aside>
  );
}
