import { Button, NumberInput, SegmentedControl, Select, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { RunPlan } from '#shared/api/runs.ts';
import { alignsPolicy, isOnline, type Method, type PersonKind } from '#shared/domain.ts';
import { type Preset, presetWords } from '#shared/training/presets.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { FoldRow } from '../ui/FoldRow.tsx';
import form from '../ui/form.module.css';
import { count } from '../ui/format.ts';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { ErrorState } from '../ui/states.tsx';
import { BeforeYouStart } from './BeforeYouStart.tsx';
import { EarlierRuns } from './EarlierRuns.tsx';
import { scaledSeconds } from './estimate.ts';
import { JudgmentsField } from './JudgmentsField.tsx';
import { MachinePanel } from './MachinePanel.tsx';
import { MethodWords, planTitle } from './MethodWords.tsx';
import classes from './new-run.module.css';
import { plannedSettings } from './planned-settings.ts';
import { firstRule, paidByRules, ScoredByField } from './ScoredByField.tsx';
import { SettingField } from './SettingField.tsx';
import { SweepField } from './SweepField.tsx';
import { settingErrors, settingsOf, settingValue, shortLabel } from './setting-words.ts';
import { type SweepChoice, sweepOf } from './sweep.ts';
import { isActive } from './use-run.ts';

interface PlannedRunProps {
  method: Method;
  choice: React.ReactNode;
  plan: RunPlan;
  judgmentsBy: PersonKind[];
  setJudgmentsBy: (kinds: PersonKind[]) => void;
  askedReward: string | null;
  askedStart: string | null;
}

/** The form of a run that can be planned: what it starts from and learns from, its settings, and what it will take. */
export function PlannedRun({ method, choice, plan: first, judgmentsBy, setJudgmentsBy, askedReward, askedStart }: PlannedRunProps) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const { data: runs = [] } = useQuery(queries.runs());
  const [typed, setTyped] = useState<Record<string, unknown>>({});
  const [preset, setPreset] = useState<Preset>('usual');
  const [start, setStart] = useState(
    first.startCheckpoints.some((one) => one.id === askedStart) ? askedStart : (first.startCheckpoints[0]?.id ?? null),
  );
  const [reward, setReward] = useState(
    first.rewardModels.some((one) => one.id === askedReward) ? askedReward : (first.rewardModels[0]?.id ?? null),
  );
  const [choseRules, setChoseRules] = useState(false);
  const [limit, setLimit] = useState<number | null>(null);

  // Defaults and sizes are those of the start that is chosen, and of what is trained of it; what is not valid yet (JSON being typed) changes nothing.
  const wrong = settingErrors(method, typed);
  const sizing = Object.fromEntries(Object.entries(typed).filter(([key]) => sizes.has(key) && !wrong.has(key)));
  const { data: plan = first, isPlaceholderData: replanning } = useQuery({
    queryKey: ['runs', 'plan', method, judgmentsBy, start, sizing],
    queryFn: () => client.runs.plan.query({ method, judgmentsBy, startCheckpoint: start, config: sizing as Record<string, never> }),
    placeholderData: (before) => before ?? first,
    retry: false,
  });
  const config = plannedSettings(method, plan.defaults, preset, typed);
  // What rules alone were chosen for stays so while their JSON is typed and does not read.
  const byRules = isOnline(method) && (paidByRules(config.rewards) || (choseRules && wrong.has('rewards')));
  const errors = settingErrors(method, config);
  const going = runs.find((run) => isActive(run.state));
  const [several, setSeveral] = useState<SweepChoice | null>(null);
  const sweep = several && sweepOf(method, several, config, plan.defaults);
  const begin = useMutation({
    mutationFn: () => {
      const run = {
        method,
        startCheckpoint: start,
        rewardModel: isOnline(method) && !byRules ? reward : null,
        judgmentsBy,
        limit,
        // Whole, as it is shown: nothing is left for anybody to fill in otherwise.
        config: config as Record<string, never>,
      };
      return sweep ? client.runs.sweep.mutate({ ...run, ...sweep }) : client.runs.start.mutate(run).then((one) => [one]);
    },
    onSuccess: (begun) => {
      void cache.invalidateQueries({ queryKey: ['runs'] });
      navigate(begun.length === 1 ? `/train/${begun[0]?.id}` : `/train?overlay=${begun.map(({ id }) => id).join()}`);
    },
  });
  useCommands({ 'app.close': () => navigate('/train') });

  const settings = settingsOf(method).filter((setting) => setting.key in config);
  const field = (setting: (typeof settings)[number]) => (
    <SettingField
      key={setting.key}
      method={method}
      setting={setting}
      value={config[setting.key]}
      standard={plan.defaults[setting.key]}
      error={errors.get(setting.key)}
      onChange={(value) => setTyped((before) => ({ ...before, [setting.key]: value }))}
    />
  );
  const rewards = settings.find((setting) => setting.key === 'rewards');
  const shown = (setting: (typeof settings)[number]) => setting.main || (choseRules && setting === rewards);
  const folded = settings.filter((setting) => !shown(setting));
  const differs = (key: string) => JSON.stringify(config[key]) !== JSON.stringify(plan.defaults[key]);
  const rewardModel = byRules ? undefined : plan.rewardModels.find((one) => one.id === reward);
  const share = limit === null || plan.data.train === 0 ? 1 : Math.min(1, limit / plan.data.train);
  const seconds =
    plan.estimate.seconds === null || errors.size > 0
      ? plan.estimate.seconds
      : scaledSeconds(method, plan.estimate.seconds, { ...plan.defaults, ...sizing }, config, share);
  return (
    <div className={form.page}>
      <header className={form.head}>
        <div>
          <Title order={1}>{planTitle(method, { ...plan.data, train: Math.min(plan.data.train, limit ?? plan.data.train) })}</Title>
          <Text size="md" c="dimmed">
            <MethodWords method={method} long />
          </Text>
        </div>
        <div className={form.actions}>
          <Button variant="subtle" h={36} component={Link} to="/train">
            Cancel
          </Button>
          {plan.ready && (
            <PrimaryButton
              command="page.start"
              loading={begin.isPending}
              disabled={errors.size > 0 || replanning}
              onClick={() => begin.mutate()}
            >
              {`Start${sweep ? ` ${sweep.values.length} runs` : ''}${going ? ` after ${going.name}` : ''}`}
            </PrimaryButton>
          )}
        </div>
      </header>
      <div className={classes.columns}>
        <div className={form.form}>
          {choice}
          <FieldRow
            label="Start from"
            why={alignsPolicy(method) ? 'also the reference that it is held near' : 'its weights are the first ones'}
          >
            <Select
              aria-label="Start from"
              data={plan.startCheckpoints.map((one) => ({ value: one.id, label: `${one.name}, ${parameterWords(one.parameters)}` }))}
              value={start}
              onChange={setStart}
              allowDeselect={false}
            />
          </FieldRow>
          {isOnline(method) && (
            <ScoredByField
              models={plan.rewardModels}
              chosen={byRules ? 'rules' : reward}
              onChange={(next) => {
                setChoseRules(next === 'rules');
                if (next !== 'rules') setReward(next);
                const { rewards: before, ...others } = typed;
                if (next === 'rules') setTyped({ ...others, rewards: byRules ? before : firstRule });
                else if (byRules) setTyped(others);
              }}
            />
          )}
          {choseRules && rewards && field(rewards)}
          {!isOnline(method) && <JudgmentsField data={plan.data} chosen={judgmentsBy} onChange={setJudgmentsBy} />}
          {plan.data.train > 0 && (
            <FieldRow label={dataLabel[method]} why={`the ${count(plan.data.heldOut)} held-out ones only measure`}>
              <NumberInput
                aria-label={dataLabel[method]}
                w={120}
                min={1}
                max={plan.data.train}
                placeholder={`all ${count(plan.data.train)}`}
                value={limit ?? ''}
                onChange={(value) => setLimit(typeof value === 'number' ? value : null)}
                allowDecimal={false}
              />
            </FieldRow>
          )}
          <div className={classes.gap} />
          <FieldRow label="Care" why={presetWords[preset]}>
            <SegmentedControl
              aria-label="Care"
              size="xs"
              value={preset}
              onChange={(value) => setPreset(value as Preset)}
              data={[
                { value: 'quick', label: 'Quick' },
                { value: 'usual', label: 'Usual' },
                { value: 'careful', label: 'Careful' },
              ]}
            />
          </FieldRow>
          {settings.filter((setting) => setting.main).map(field)}
          <FoldRow
            title={foldTitle(folded.length, folded.filter(({ key }) => differs(key)).length)}
            summary={folded.map((setting) => `${shortLabel(setting.label)} ${settingValue(config[setting.key])}`).join(' · ')}
            initiallyOpen={folded.some((setting) => errors.has(setting.key))}
          >
            {folded.map(field)}
          </FoldRow>
          {alignsPolicy(method) && <SweepField key={method} method={method} sweep={sweep} onChange={setSeveral} />}
        </div>
        <aside className={classes.aside}>
          {begin.error && (
            <ErrorState error={begin.error} title="It did not start">
              Nothing was changed.
            </ErrorState>
          )}
          {/* Without a model there is nothing to weigh. */}
          {plan.estimate.memoryBytes > 0 && (
            <MachinePanel
              work={{
                kind: alignsPolicy(method) ? 'both' : 'train',
                parameters: plan.startCheckpoints.find(({ id }) => id === start)?.parameters ?? 0,
                adapter: config.adapter != null,
              }}
              memoryBytes={plan.estimate.memoryBytes}
              seconds={seconds === null || !sweep ? seconds : seconds * sweep.values.length}
            />
          )}
          <EarlierRuns method={method} />
          <BeforeYouStart plan={plan} rewardModel={isOnline(method) ? rewardModel : undefined} />
        </aside>
      </div>
    </div>
  );
}

/** Settings that change what a run holds in memory, or needs. */
const sizes = new Set(['rewards', 'adapter', 'critic', 'tokensAtOnce', 'recompute', 'decodeWeights']);

/** `18 more at their defaults`, `18 more, 2 of them changed`. */
function foldTitle(all: number, changed: number): string {
  return changed === 0 ? `${all} more at their defaults` : `${all} more, ${changed} of them changed`;
}

const dataLabel: Record<Method, string> = { sft: 'Pairs', reward: 'Pairs', ppo: 'Prompts', grpo: 'Prompts', dpo: 'Pairs' };

function parameterWords(parameters: number): string {
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(1)}B parameters`;
  if (parameters >= 1e6) return `${(parameters / 1e6).toFixed(1)}M parameters`;
  return `${count(parameters)} parameters`;
}
