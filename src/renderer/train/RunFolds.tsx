import { Code } from '@mantine/core';
import type { RunDetail } from '#shared/api/runs.ts';
import { FoldRow } from '../ui/FoldRow.tsx';
import { count } from '../ui/format.ts';
import { ReproduceRow } from './ReproduceRow.tsx';
import { settingsOf, settingsSummary, settingValue } from './setting-words.ts';
import classes from './train.module.css';
import { dataWords } from './words.ts';

/** What a run was told, what it learned from, and what it said: named on the row, whole when opened. */
export function RunFolds({ run }: { run: RunDetail }) {
  const lastLine = run.log.at(-1);
  return (
    <div className={classes.folds}>
      <FoldRow title="Settings" summary={settingsSummary(run)}>
        <SettingsList run={run} />
      </FoldRow>
      <FoldRow title="Trained on" summary={`${dataWords(run)}${run.backend ? ` · ${run.backend}` : ''}`}>
        <dl className={classes.facts}>
          <dt>Data</dt>
          <dd>{dataWords(run)}</dd>
          <dt>Started from</dt>
          <dd>{run.startCheckpoint.name}</dd>
          {run.rewardModel && (
            <>
              <dt>Scored by</dt>
              <dd>{run.rewardModel.name}</dd>
            </>
          )}
          <dt>Backend</dt>
          <dd>{run.backend ?? 'not known before it starts'}</dd>
          <dt>Seed</dt>
          <dd>{run.seed}</dd>
          <dt>Hash of the data</dt>
          <dd>
            <Code className={classes.hash}>{run.data.hash}</Code>
          </dd>
        </dl>
      </FoldRow>
      {run.state === 'done' && run.result && <ReproduceRow run={run} />}
      <FoldRow title="Log" summary={lastLine ?? 'nothing written'}>
        <textarea
          className={classes.log}
          readOnly
          rows={Math.min(12, Math.max(2, run.log.length))}
          aria-label={`Log, ${count(run.log.length)} lines`}
          value={run.log.join('\n') || 'Nothing written.'}
        />
      </FoldRow>
    </div>
  );
}

function SettingsList({ run }: { run: RunDetail }) {
  const { defaults } = run;
  return (
    <dl className={classes.settings}>
      {settingsOf(run.method)
        .filter((setting) => setting.key in run.config)
        .map((setting) => {
          const changed = JSON.stringify(run.config[setting.key]) !== JSON.stringify(defaults[setting.key]);
          return (
            <div key={setting.key} className={classes.settingFact}>
              <dt>{setting.label}</dt>
              <dd data-changed={changed || undefined} title={changed ? `default ${settingValue(defaults[setting.key])}` : setting.why}>
                {settingValue(run.config[setting.key])}
              </dd>
            </div>
          );
        })}
    </dl>
  );
}
