import type { ComparisonReport } from '#shared/api/compare.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { wholeOf } from '../checkpoints/bases.ts';
import { manifestOf } from '../checkpoints/manifest.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { keptStepOf, measuredOf } from '../runs/measured.ts';

const kindWords = { base: 'Language model', sft: 'Supervised fine-tuned model', reward: 'Reward model', policy: 'Policy' } as const;
const methodWords = { sft: 'SFT', reward: 'reward model', ppo: 'PPO', grpo: 'GRPO', dpo: 'DPO' } as const;
const libraries = { hf: 'transformers', peft: 'peft' } as const;

/** A checkpoint and what it was trained from, the oldest first. */
export function ancestry(store: Store, checkpoint: CheckpointRow): CheckpointRow[] {
  const line = [checkpoint];
  for (let parent = checkpoint.parentId; parent !== null; ) {
    const row = store.checkpoints.get(parent);
    if (!row || line.some(({ id }) => id === row.id)) break;
    line.unshift(row);
    parent = row.parentId;
  }
  return line;
}

/**
 * README.md of an exported checkpoint: where it comes from, what it was trained on, how it measures, under which license. Only what is known is said.
 */
export function modelCard(store: Store, checkpoint: CheckpointRow, reports: readonly ComparisonReport[], format: 'hf' | 'peft'): string {
  const line = ancestry(store, checkpoint);
  const first = line[0]!;
  const { origin } = manifestOf(checkpointFolder(store, first.removedAt === null ? first : checkpoint));
  const license = checkpoint.license ?? first.license;
  const run = checkpoint.runId === null ? undefined : store.runs.get(checkpoint.runId);
  const base = wholeOf(store, checkpoint);
  return [
    '---',
    ...(license === null ? [] : [`license: ${JSON.stringify(license)}`]),
    `library_name: ${libraries[format]}`,
    'tags: [plumbline]',
    ...(origin && first.id !== checkpoint.id ? [`base_model: ${JSON.stringify(origin.name)}`] : []),
    '---',
    '',
    `# ${checkpoint.name}`,
    '',
    `${kindWords[checkpoint.kind]} of ${checkpoint.parameters.toLocaleString('en-US')} parameters (${checkpoint.architecture}), exported from the Plumbline project “${store.name}”.`,
    ...(checkpoint.adapter
      ? [`It is a low-rank adapter of ${base.name}${format === 'peft' ? '; load it beside that model' : ', merged into its weights here'}.`]
      : []),
    '',
    '## Lineage',
    '',
    ...line.map((row) => `- ${lineageLine(store, row)}`),
    '',
    ...trainingSection(store, run),
    ...evaluationSection(checkpoint, run, reports),
    '## License',
    '',
    license === null
      ? 'The license of the model that this one comes from is not known here. Look it up before you share this model.'
      : `${license}, the license of the model that this one comes from${first.name === checkpoint.name ? '' : ` (${first.name})`}.`,
    '',
  ].join('\n');
}

function lineageLine(store: Store, row: CheckpointRow): string {
  const run = row.runId === null ? undefined : store.runs.get(row.runId);
  const hash = `sha256 \`${row.hash.slice(0, 12)}\``;
  if (!run) {
    const origin = row.removedAt === null ? manifestOf(checkpointFolder(store, row)).origin : undefined;
    return `**${row.name}**: ${origin ? `imported from ${origin.name} (${origin.format}, ${origin.storage})` : 'brought along by the project'}, ${hash}`;
  }
  const judge = run.rewardModelId === null ? undefined : store.checkpoints.get(run.rewardModelId);
  return `**${row.name}**: ${methodWords[run.method]} run ${run.name}${judge ? `, scored by ${judge.name}` : ''}, seed ${run.seed}, ${hash}`;
}

function trainingSection(store: Store, run: RunRow | undefined): string[] {
  if (!run) return [];
  const { train, heldOut, judgmentsBy } = run.data;
  const rows =
    run.method === 'ppo' || run.method === 'grpo' ? 'prompts' : run.method === 'sft' ? 'preferred answers of judged pairs' : 'judged pairs';
  return [
    '## Training',
    '',
    `- ${methodWords[run.method]} on ${train.toLocaleString('en-US')} ${rows}, ${heldOut.toLocaleString('en-US')} held out`,
    ...(judgmentsBy.length > 0 ? [`- Judgments by: ${judgmentsBy.join(', ')}${run.simulated ? ' (not all by people)' : ''}`] : []),
    ...klLine(store, run),
    `- Settings: \`${JSON.stringify(run.config)}\``,
    '',
  ];
}

/** How far the policy that was kept is from its start: on held-out prompts where that was measured, else in the batch of that step. */
function klLine(store: Store, run: RunRow): string[] {
  const heldOut = measuredOf(store, run, 'held_out/kl');
  const kl = heldOut ?? measuredOf(store, run, 'objective/kl');
  const step = keptStepOf(store, run.id);
  const kept = step === null || step === run.step ? '' : `, after step ${step} of ${run.step}, which was kept`;
  const where = heldOut === undefined ? 'in its last batch' : 'on held-out prompts';
  return kl === undefined ? [] : [`- KL to its start ${where}: ${kl.toFixed(2)} nats a response${kept}`];
}

function evaluationSection(checkpoint: CheckpointRow, run: RunRow | undefined, reports: readonly ComparisonReport[]): string[] {
  const interval = ({ value, low, high }: { value: number; low: number; high: number }, factor = 1, unit = '') =>
    `${(value * factor).toFixed(factor === 1 ? 2 : 0)}${unit} [${(low * factor).toFixed(factor === 1 ? 2 : 0)}, ${(high * factor).toFixed(factor === 1 ? 2 : 0)}]`;
  const lines: string[] = [];
  const report = checkpoint.report;
  if (report) {
    lines.push(`- Orders ${report.correct} of ${report.untied} held-out pairs as they were judged`);
  }
  for (const { name, checkpoints, prompts, state } of reports) {
    if (state !== 'done') continue;
    const own = checkpoints.find(({ checkpoint: { id } }) => id === checkpoint.id);
    const [against] = checkpoints;
    if (!own || !against || own === against) continue;
    const parts = [
      own.winRate?.rate
        ? `blind win rate ${interval(own.winRate.rate, 100, '%')} (${own.winRate.wins} wins, ${own.winRate.ties} ties, ${own.winRate.losses} losses)`
        : null,
      own.kl ? `KL ${interval(own.kl)} nats a response` : null,
      own.reward ? `reward ${interval(own.reward)}` : null,
    ].filter((part) => part !== null);
    if (parts.length > 0) lines.push(`- ${name}, ${prompts} prompts, against ${against.checkpoint.name}: ${parts.join('; ')}`);
  }
  if (lines.length === 0) lines.push(run ? '- Not compared with its start in this project' : '- Not measured in this project');
  return ['## Evaluation', '', ...lines, '', 'Brackets are 95% intervals.', ''];
}
