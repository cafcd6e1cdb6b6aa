import { Button, Checkbox, NumberInput, Select, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { type CheckpointView, startComparison } from '#shared/api/compare.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { FoldRow } from '../ui/FoldRow.tsx';
import form from '../ui/form.module.css';
import { count } from '../ui/format.ts';
import { usePageName } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';

const defaults = startComparison.parse({ checkpoints: ['', ''] });
const mostChallengers = 4;

/** Which checkpoints answer which prompts. The first is pinned: what all others are measured against. */
export function NewComparisonPage() {
  usePageName('New comparison');
  const [query] = useSearchParams();
  const checkpoints = useQuery(queries.checkpoints());
  const summary = useQuery(queries.summary());
  if (checkpoints.error && !checkpoints.data) {
    return (
      <div className={form.page}>
        <ErrorState error={checkpoints.error} title="The checkpoints could not be read" onRetry={() => void checkpoints.refetch()} />
      </div>
    );
  }
  // The form begins with as many prompts as there are: it waits for that number too, unless it cannot be had.
  if (!checkpoints.data || summary.isLoading) {
    return (
      <div className={form.page}>
        <Loading rows={6} rowHeight={48} words="Looking at the checkpoints" />
      </div>
    );
  }
  const models = checkpoints.data.filter((checkpoint) => checkpoint.kind !== 'reward');
  if (models.length < 2) {
    return (
      <div className={form.page}>
        <TooFewModels model={models[0]} />
      </div>
    );
  }
  return (
    <ComparisonForm
      models={models}
      rewardModels={checkpoints.data.filter((checkpoint) => checkpoint.kind === 'reward')}
      heldOutPrompts={summary.data?.counts.heldOutPrompts ?? null}
      asked={query.get('with')}
    />
  );
}

/** What is missing before there is something to compare. */
export function TooFewModels({ model }: { model: Pick<CheckpointView, 'name'> | undefined }) {
  if (!model) {
    return (
      <EmptyState title="There is no model to compare" actions={<TextLink to="/models/import">Import a model</TextLink>}>
        A comparison needs a model and something trained from it. This project has neither yet.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="There is only one model to compare" actions={<TextLink to="/train/new?method=ppo">Align with PPO</TextLink>}>
      A comparison needs {model.name} and something trained from it.
    </EmptyState>
  );
}

interface ComparisonFormProps {
  models: CheckpointView[];
  rewardModels: CheckpointView[];
  heldOutPrompts: number | null;
  asked: string | null;
}

function ComparisonForm({ models, rewardModels, heldOutPrompts, asked }: ComparisonFormProps) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const newest = models.toSorted((one, two) => two.createdAt - one.createdAt);
  const challenger = newest.find((model) => model.id === asked) ?? newest.find((model) => model.kind === 'policy') ?? newest[0]!;
  const [reference, setReference] = useState(
    newest.find((model) => model.id === challenger.parent)?.id ??
      newest.find((model) => model.kind === 'sft' && model !== challenger)?.id ??
      newest.find((model) => model !== challenger)!.id,
  );
  const [challengers, setChallengers] = useState([challenger.id]);
  const [prompts, setPrompts] = useState<number | string>(Math.min(defaults.prompts, heldOutPrompts ?? defaults.prompts));
  const [rewardModel, setRewardModel] = useState<string | null>(null);
  const [seed, setSeed] = useState<number | string>(defaults.seed);
  const [temperature, setTemperature] = useState<number | string>(defaults.temperature);
  const [maxNewTokens, setMaxNewTokens] = useState<number | string>(defaults.maxNewTokens);

  const chosen = challengers.filter((id) => id !== reference);
  const request = { checkpoints: [reference, ...chosen], prompts, seed, temperature, maxNewTokens, rewardModel };
  const valid = startComparison.safeParse(request);
  const start = useMutation({
    mutationFn: () => client.compare.start.mutate(startComparison.parse(request)),
    onSuccess: ({ report }) => {
      void cache.invalidateQueries({ queryKey: ['compare'] });
      navigate(`/compare/${report}`);
    },
  });
  useCommands({ 'app.close': () => navigate('/compare') });
  const name = (id: string) => models.find((model) => model.id === id)?.name ?? id;
  return (
    <div className={form.page}>
      <header className={form.head}>
        <div>
          <Title order={1}>
            {chosen.length === 0 ? 'Compare checkpoints' : `Compare ${chosen.map(name).join(', ')} with ${name(reference)}`}
          </Title>
          <Text size="md" c="dimmed">
            All answer the same held-out prompts with the same seeds. Each pair can then be judged blind.
          </Text>
        </div>
        <div className={form.actions}>
          <Button variant="subtle" h={36} component={Link} to="/compare">
            Cancel
          </Button>
          <PrimaryButton command="page.start" disabled={!valid.success} loading={start.isPending} onClick={() => start.mutate()}>
            Answer {typeof prompts === 'number' ? count(prompts) : ''} prompts
          </PrimaryButton>
        </div>
      </header>
      <div className={form.form}>
        {start.error && (
          <ErrorState error={start.error} title="It did not start">
            Nothing was changed.
          </ErrorState>
        )}
        <FieldRow label="Measured against" why="pinned left; KL and win rates are against it">
          <Select
            aria-label="Measured against"
            data={models.map((model) => ({ value: model.id, label: model.name }))}
            value={reference}
            onChange={(id) => id && setReference(id)}
            allowDeselect={false}
          />
        </FieldRow>
        <FieldRow label="Compared" why={`up to ${mostChallengers}; each is judged against the first`}>
          <Stack gap={6} py={4}>
            {newest
              .filter((model) => model.id !== reference)
              .map((model) => (
                <Checkbox
                  key={model.id}
                  size="xs"
                  label={model.run && model.run.name !== model.name ? `${model.name}, from ${model.run.name}` : model.name}
                  checked={chosen.includes(model.id)}
                  disabled={!chosen.includes(model.id) && chosen.length >= mostChallengers}
                  onChange={({ currentTarget: { checked } }) =>
                    setChallengers((now) => (checked ? [...now, model.id] : now.filter((id) => id !== model.id)))
                  }
                />
              ))}
          </Stack>
        </FieldRow>
        <FieldRow
          label="Prompts"
          why={`${heldOutPrompts === null ? 'held-out' : `of ${count(heldOutPrompts)} held-out`}; about 100 votes tell 60% from a coin`}
        >
          <NumberInput
            aria-label="Prompts"
            value={prompts}
            onChange={setPrompts}
            min={1}
            max={Math.min(2000, heldOutPrompts ?? 2000)}
            allowDecimal={false}
            error={promptsError(prompts, heldOutPrompts)}
          />
        </FieldRow>
        <FieldRow label="Scored by" why="shown beside each answer once its blind vote is cast">
          <Select
            aria-label="Scored by"
            data={rewardModels.map((model) => ({ value: model.id, label: model.name }))}
            value={rewardModel}
            onChange={setRewardModel}
            placeholder={rewardModels.length > 0 ? 'the newest reward model' : 'no reward model yet'}
            clearable
          />
        </FieldRow>
        <FoldRow title="3 more at their defaults" summary={`seed ${seed} · temperature ${temperature} · longest answer ${maxNewTokens}`}>
          <FieldRow label="Seed" why="the same seed gives the same answers">
            <NumberInput aria-label="Seed" value={seed} onChange={setSeed} allowDecimal={false} />
          </FieldRow>
          <FieldRow label="Temperature" why="1: as the policy was trained; 0: always the likeliest token">
            <NumberInput aria-label="Temperature" value={temperature} onChange={setTemperature} min={0} step={0.1} />
          </FieldRow>
          <FieldRow label="Longest answer" why="tokens">
            <NumberInput
              aria-label="Longest answer"
              value={maxNewTokens}
              onChange={setMaxNewTokens}
              min={1}
              max={4096}
              allowDecimal={false}
            />
          </FieldRow>
        </FoldRow>
      </div>
    </div>
  );
}

function promptsError(prompts: number | string, available: number | null): string | null {
  if (typeof prompts !== 'number' || prompts < 1) return 'at least 1';
  if (available !== null && prompts > available) return `at most ${count(available)}`;
  return null;
}
