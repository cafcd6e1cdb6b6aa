import { Button, SegmentedControl, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { type Method, method as methods, type PersonKind, personKind } from '#shared/domain.ts';
import { client } from '../app/client.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import form from '../ui/form.module.css';
import { usePageName } from '../ui/Page.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { MethodWords } from './MethodWords.tsx';

import { PlannedRun } from './PlannedRun.tsx';
import { methodNames } from './words.ts';

/** A new run: method, start, data, the settings that matter with their reasons; the rest folded but named. `/train/new?method=ppo&reward=ID&start=ID&by=KIND` */
export function NewRunPage() {
  const [query, setQuery] = useSearchParams();
  const asked = methods.safeParse(query.get('method'));
  const method: Method = asked.success ? asked.data : 'reward';
  const by = personKind.safeParse(query.get('by'));
  const [judgmentsBy, setJudgmentsBy] = useState<PersonKind[]>([by.success ? by.data : 'person']);
  usePageName('New run');
  const plan = useQuery({
    queryKey: ['runs', 'plan', method, judgmentsBy],
    queryFn: () => client.runs.plan.query({ method, judgmentsBy }),
    placeholderData: (before, previous) => (previous?.queryKey[2] === method ? before : undefined),
  });
  const choice = (
    <FieldRow label="Method" why={<MethodWords method={method} />}>
      <SegmentedControl
        aria-label="Method"
        size="xs"
        data={methods.options.map((value) => ({ value, label: value === 'reward' ? 'Reward' : methodNames[value] }))}
        value={method}
        onChange={(value) => setQuery({ method: value }, { replace: true })}
      />
    </FieldRow>
  );
  if (!plan.data) {
    return (
      <div className={form.page}>
        <header className={form.head}>
          <Title order={1}>New run</Title>
          <Button variant="subtle" component={Link} to="/train">
            Cancel
          </Button>
        </header>
        <div className={form.form}>{choice}</div>
        {plan.error ? (
          <ErrorState error={plan.error} title="This run could not be planned" onRetry={() => void plan.refetch()} />
        ) : (
          <Loading rows={8} rowHeight={48} words="Looking at the data and the models" />
        )}
      </div>
    );
  }
  return (
    <PlannedRun
      // Another method has other settings: its form starts afresh.
      key={method}
      method={method}
      choice={choice}
      plan={plan.data}
      judgmentsBy={judgmentsBy}
      setJudgmentsBy={setJudgmentsBy}
      askedReward={query.get('reward')}
      askedStart={query.get('start')}
    />
  );
}
