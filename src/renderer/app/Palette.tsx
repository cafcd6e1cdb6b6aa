import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { count } from '../ui/format.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { keysOf } from './key-bindings.ts';
import classes from './Palette.module.css';
import { paletteStore } from './palette-store.ts';
import { places, settingsPlace } from './places.ts';
import { queries } from './queries.ts';

/** Ctrl K: every place, action and recent item. */
export function Palette({ isLead, onKeys }: { isLead: boolean; onKeys: () => void }) {
  const [opened, setOpened] = useState(false);
  const actions = useActions(isLead, opened, onKeys);
  return (
    <Spotlight
      store={paletteStore}
      actions={actions}
      shortcut={null}
      limit={12}
      size={480}
      transitionProps={{ duration: 100 }}
      overlayProps={{ backgroundOpacity: 0.15 }}
      nothingFound="Nothing here has that in its name"
      searchProps={{ placeholder: 'Find a page, a run, a checkpoint, an action', 'aria-label': 'Find' }}
      classNames={{ action: classes.action, search: classes.search, content: classes.content }}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={() => setOpened(false)}
    />
  );
}

function useActions(isLead: boolean, opened: boolean, onKeys: () => void): SpotlightActionData[] {
  const navigate = useNavigate();
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const { data: summary } = useQuery(queries.summary());
  const asked = { enabled: isLead && opened };
  const { data: runs = [] } = useQuery({ ...queries.runs(), ...asked });
  const { data: reports = [] } = useQuery({ ...queries.reports(), ...asked });
  const { data: checkpoints = [] } = useQuery({ ...queries.checkpoints(), ...asked });
  const go = (path: string) => () => navigate(path);

  const actions: SpotlightActionData[] = [];
  const waiting = summary?.counts.waiting ?? 0;
  if (waiting > 0) actions.push(item('label-next', `Label the next ${count(waiting)}`, 'Label', go('/label')));
  if (isLead) {
    actions.push(
      item('train-reward', 'Train a reward model', 'New run', go('/train/new?method=reward')),
      item('train-ppo', 'Align with PPO', 'New run', go('/train/new?method=ppo')),
      item('import', 'Import prompts, pairs or judgments', 'Data', go('/data')),
      ...runs.slice(0, 20).map((run) => item(run.id, `${run.name}, ${run.state}, step ${count(run.step)}`, 'Run', go(`/train/${run.id}`))),
      ...reports.slice(0, 20).map((report) => item(report.id, report.name, 'Comparison', go(`/compare/${report.id}`))),
      ...checkpoints.slice(0, 40).map((one) => item(one.id, one.name, 'Checkpoint', go(`/models/${one.id}`))),
    );
  }
  for (const place of [...places, settingsPlace]) {
    if (isLead || !place.leadOnly)
      actions.push({ ...item(place.path, place.name, '', go(place.path)), rightSection: <Kbd keys={keysOf(place.command)[0] ?? ''} /> });
  }
  for (const scheme of ['light', 'dark', 'auto'] as const) {
    if (scheme !== colorScheme) {
      const words = scheme === 'auto' ? 'Appearance of the system' : scheme === 'dark' ? 'Dark appearance' : 'Light appearance';
      actions.push(item(`scheme-${scheme}`, words, 'Settings', () => setColorScheme(scheme)));
    }
  }
  actions.push({ ...item('keys', 'All keys', '', onKeys), rightSection: <Kbd keys={keysOf('app.keys')[0] ?? ''} /> });
  return actions;
}

const item = (id: string, label: string, kind: string, onClick: () => void): SpotlightActionData => ({
  id,
  label,
  onClick,
  rightSection: <span className={classes.kind}>{kind}</span>,
});
