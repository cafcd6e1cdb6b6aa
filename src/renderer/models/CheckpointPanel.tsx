import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { CheckpointView } from '#shared/api/compare.ts';
import type { RunDetail } from '#shared/api/runs.ts';
import { queries } from '../app/queries.ts';
import { dataWords } from '../train/words.ts';
import { count, formatBytes } from '../ui/format.ts';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { kindWords } from './CheckpointTable.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { modelQueries } from './model-queries.ts';
import classes from './models.module.css';

interface CheckpointPanelProps {
  checkpoint: CheckpointView;
  parent: CheckpointView | undefined;
  run: RunDetail | undefined;
  evaluation: string | null;
}

/** The chosen checkpoint: what it is, what it stands on, and where to go with it. */
export function CheckpointPanel({ checkpoint, parent, run, evaluation }: CheckpointPanelProps) {
  const origin = useQuery(modelQueries.origin(checkpoint.id)).data;
  return (
    <aside className={classes.panel} aria-label={checkpoint.name}>
      <h2 className={classes.panelTitle}>{checkpoint.name}</h2>
      <dl className={classes.facts}>
        <dt>Kind</dt>
        <dd>{kindWords[checkpoint.kind]}</dd>
        {evaluation && (
          <>
            <dt>Evaluation</dt>
            <dd>{evaluation}</dd>
          </>
        )}
        {parent && (
          <>
            <dt>Started from</dt>
            <dd>
              <TextLink to={`/models/${parent.id}`}>{parent.name}</TextLink>
            </dd>
          </>
        )}
        {run?.rewardModel && (
          <>
            <dt>Scored by</dt>
            <dd>
              <TextLink to={`/models/${run.rewardModel.id}`}>{run.rewardModel.name}</TextLink>
            </dd>
          </>
        )}
        {run && (
          <>
            <dt>Trained on</dt>
            <dd>{dataWords(run)}</dd>
          </>
        )}
        {origin?.origin && (
          <>
            <dt>Imported from</dt>
            <dd>
              {origin.origin.name}, {origin.origin.format === 'gguf' ? 'GGUF' : 'safetensors'}, {origin.origin.storage}
            </dd>
          </>
        )}
        {origin && (
          <>
            <dt>Architecture</dt>
            <dd>{origin.architecture}</dd>
          </>
        )}
        {origin?.license && (
          <>
            <dt>License</dt>
            <dd>{origin.license}</dd>
          </>
        )}
        <dt>Parameters</dt>
        <dd>{count(checkpoint.parameters)}</dd>
        <dt>Size</dt>
        <dd>
          {formatBytes(checkpoint.bytes)}
          {checkpoint.adapterOf !== null && ' adapter'}
        </dd>
        <dt>Hash</dt>
        <dd className={classes.hash} title={checkpoint.hash}>
          {checkpoint.hash.slice(0, 12).replace(/(.{4})(?=.)/g, '$1 ')}
        </dd>
      </dl>
      <Action checkpoint={checkpoint} />
      <QuietActions checkpoint={checkpoint} />
    </aside>
  );
}

function Action({ checkpoint }: { checkpoint: CheckpointView }) {
  const navigate = useNavigate();
  const id = encodeURIComponent(checkpoint.id);
  switch (checkpoint.kind) {
    case 'policy':
      return <PrimaryButton onClick={() => navigate(`/compare/new?with=${id}`)}>Compare with SFT</PrimaryButton>;
    case 'reward':
      return <PrimaryButton onClick={() => navigate(`/train/new?method=ppo&reward=${id}`)}>Align with PPO</PrimaryButton>;
    case 'sft':
    case 'base':
      return <PrimaryButton onClick={() => navigate(`/train/new?method=reward&start=${id}`)}>Train a reward model from it</PrimaryButton>;
  }
}

/** What else can be done with it. Files of this machine are its owner's to read and write. */
function QuietActions({ checkpoint }: { checkpoint: CheckpointView }) {
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const isOwner = useQuery(queries.me()).data?.role === 'owner';
  const to = (page: string) => () => navigate(`/models/${encodeURIComponent(checkpoint.id)}/${page}`);
  return (
    <Group gap="xs">
      {checkpoint.kind !== 'reward' && (
        <Button variant="default" onClick={to('try')}>
          Try it
        </Button>
      )}
      {isOwner && (
        <>
          <Button variant="default" onClick={to('export')}>
            Export
          </Button>
          <Button variant="default" onClick={() => setDeleting(true)}>
            Delete
          </Button>
          <DeleteDialog
            checkpoint={checkpoint}
            opened={deleting}
            onClose={() => setDeleting(false)}
            onDeleted={() => {
              setDeleting(false);
              navigate('/models', { replace: true });
            }}
          />
        </>
      )}
    </Group>
  );
}
