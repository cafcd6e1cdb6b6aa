import { Button, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { CheckpointView } from '#shared/api/compare.ts';
import type { RunDetail } from '#shared/api/runs.ts';
import { queries } from '../app/queries.ts';
import { judgesWords } from '../train/words.ts';
import { count, counted, formatBytes } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { useRows } from '../ui/use-rows.ts';
import { CheckpointPanel } from './CheckpointPanel.tsx';
import { CheckpointTable } from './CheckpointTable.tsx';
import { chosenOf } from './chosen.ts';
import { evaluationWords } from './evaluation.ts';
import { LineagePicture } from './LineagePicture.tsx';
import { lineageOf, type TaughtBy } from './lineage.ts';
import classes from './models.module.css';
import { TransferRows } from './TransferRows.tsx';

/** Checkpoints as a lineage and as a table, with one selection; `asked` is the checkpoint of the URL. */
export function ModelsPage({ asked }: { asked: string | null }) {
  const navigate = useNavigate();
  const query = useQuery(queries.checkpoints());
  const reports = useQuery(queries.reports());
  // Newest first, in the table as in what is chosen at first.
  const checkpoints = (query.data ?? []).toSorted((one, two) => two.createdAt - one.createdAt);
  const runIds = [...new Set(checkpoints.flatMap((checkpoint) => checkpoint.run?.id ?? []))];
  const details = useQueries({ queries: runIds.map((id) => queries.run(id)) });
  const choose = (id: string) => navigate(`/models/${id}`, { replace: true });
  const isOwner = useQuery(queries.me()).data?.role === 'owner';
  const importing = isOwner && (
    <Button variant="default" h={36} onClick={() => navigate('/models/import')}>
      Import a model
    </Button>
  );
  const rows = useRows(checkpoints.length, (index) => choose(checkpoints[index]!.id));

  if (query.error && !query.data) {
    return (
      <Page name="Models">
        <ErrorState error={query.error} title="The checkpoints could not be read" onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page name="Models">
        <Loading rows={6} words="Reading the checkpoints" />
      </Page>
    );
  }
  const [newest, ...older] = checkpoints;
  if (!newest) {
    return (
      <Page name="Models">
        <EmptyState title="No checkpoints yet" actions={importing || <TextLink to="/">Open the project</TextLink>}>
          A project starts from a model: your own, as a Hugging Face folder or a GGUF file. Every run adds a checkpoint.
        </EmptyState>
        <TransferRows />
      </Page>
    );
  }
  const runs = new Map(details.flatMap(({ data }) => (data ? [[data.id, data] as const] : [])));
  const runOf = (checkpoint: CheckpointView) => (checkpoint.run ? runs.get(checkpoint.run.id) : undefined);
  const lineage = lineageOf(checkpoints, scoringModels(checkpoints, runOf), teachingJudgments(checkpoints, runOf));
  const { chosen, gone } = chosenOf([newest, ...older], asked);
  const bytes = checkpoints.reduce((sum, checkpoint) => sum + checkpoint.bytes, 0);
  const evaluate = (checkpoint: CheckpointView) => evaluationWords(checkpoint, runOf(checkpoint), reports.data ?? []);
  return (
    <Page name="Models">
      <PageTitle
        title={`${count(checkpoints.length)} ${checkpoints.length === 1 ? 'checkpoint' : 'checkpoints'}, ${formatBytes(bytes)}`}
        actions={importing}
      >
        {checkpoints.length === 1 ? 'Every run adds its own.' : `The heavy line is what ${chosen.name} stands on.`}
      </PageTitle>
      {gone !== null && !query.isFetching && (
        <Text size="md" role="status" mb={16}>
          {gone}
        </Text>
      )}
      <TransferRows />
      <LineagePicture
        lineage={lineage}
        chosen={chosen.id}
        onChoose={choose}
        caption={(checkpoint) => evaluate(checkpoint) ?? formatBytes(checkpoint.bytes)}
      />
      <div className={classes.below}>
        <CheckpointTable
          checkpoints={checkpoints}
          chosen={chosen.id}
          focused={rows.chosen}
          onChoose={(id, index) => {
            rows.choose(index);
            choose(id);
          }}
          evaluate={evaluate}
        />
        <CheckpointPanel
          checkpoint={chosen}
          parent={checkpoints.find((checkpoint) => checkpoint.id === chosen.parent)}
          run={runOf(chosen)}
          evaluation={evaluate(chosen)}
        />
      </div>
    </Page>
  );
}

function scoringModels(
  checkpoints: readonly CheckpointView[],
  runOf: (checkpoint: CheckpointView) => RunDetail | undefined,
): Map<string, string> {
  return new Map(
    checkpoints.flatMap((checkpoint) => {
      const scoredBy = checkpoint.kind === 'policy' ? runOf(checkpoint)?.rewardModel : null;
      return scoredBy ? [[checkpoint.id, scoredBy.id] as const] : [];
    }),
  );
}

/** The judgments that reward models and DPO learned from. */
function teachingJudgments(
  checkpoints: readonly CheckpointView[],
  runOf: (checkpoint: CheckpointView) => RunDetail | undefined,
): Map<string, TaughtBy> {
  return new Map(
    checkpoints.flatMap((checkpoint) => {
      const run = runOf(checkpoint);
      if (!run || (run.method !== 'reward' && run.method !== 'dpo')) return [];
      const { hash, train, heldOut, judgmentsBy } = run.data;
      const taught = { hash, name: counted(train + heldOut, 'judged pair'), caption: `by ${judgesWords(judgmentsBy)}` };
      return [[checkpoint.id, taught] as const];
    }),
  );
}
