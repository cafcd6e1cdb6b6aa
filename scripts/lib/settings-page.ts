/** docs/algorithms/settings.md, made from what the app itself has: each method's settings with their defaults, and the metrics that its runs report. */
import { z } from 'zod';
import { type Method, method as methods } from '#shared/domain.ts';
import { type MetricName, metricMeaning, metricMeanings } from '#shared/metrics.ts';
import type { ModelShape } from '#shared/training/memory.ts';
import { modelDefaults } from '#shared/training/model-defaults.ts';
import { configSchemas, settingsOf } from '../../src/renderer/train/setting-words.ts';

const ofBatch = /^(policy\/(grad_norm|lr)|time\/step|throughput\/samples_per_second)$/;
const ofAnswers = /^(objective|policy|kl|held_out|response|reward|time|throughput)\//;

/** Whether a run of the method can report the metric; tests/engine/training/trainers.test.ts holds this to what runs do report. */
const reports: Record<Method, (name: string) => boolean> = {
  sft: (name) => name.startsWith('sft/') || ofBatch.test(name) || name === 'throughput/tokens_per_second',
  reward: (name) => name.startsWith('rm/') || ofBatch.test(name),
  ppo: (name) => name.startsWith('value/') || ofAnswers.test(name),
  grpo: (name) => name.startsWith('grpo/') || (ofAnswers.test(name) && name !== 'policy/loss' && name !== 'kl/target'),
  dpo: (name) => name.startsWith('dpo/') || ofBatch.test(name) || name === 'kl/beta',
};

/** The metrics that a run of the method can report, parts of a reward left out. */
export function metricsOf(method: Method): MetricName[] {
  return (Object.keys(metricMeanings) as MetricName[]).filter(reports[method]);
}

const titles: Record<Method, string> = {
  sft: '[SFT](sft.md)',
  reward: '[Reward model](reward-model.md)',
  ppo: '[PPO](ppo.md)',
  grpo: '[GRPO](grpo.md)',
  dpo: '[DPO](dpo.md)',
};

/** SmolLM2-135M: of a model above the size up to which all weights are trained, any would do. */
const large: ModelShape = {
  ...{ architecture: 'llama', vocabulary: 49152, width: 576, layers: 30, heads: 9, groups: 3, headWidth: 64, feedForward: 1536 },
  ...{ positions: 8192, headNorms: false, tied: true },
};

/** The whole page. */
export function settingsPage(): string {
  return `${[intro, ...methods.options.map(sectionOf)].join('\n\n')}\n`;
}

const intro = `# Settings and metrics, method by method

Made by \`npm run docs:settings\` from what the form, the command line and the charts read (\`src/shared/training/*.ts\`, \`src/shared/metrics.ts\`); a test holds this page to them. Every setting is one \`--set KEY=VALUE\` of
\`train sft\` and its kin, a key of their \`--config\` file, and a field of *Train → New run*.

Defaults are those of a small model, up to 50M parameters. A larger one is trained through an adapter; where its default differs, it stands behind "large". \`adapter\` takes \`null\` (all weights) or \`{"rank": r, "alpha": α,
"targets": [names of linear layers, or "all-linear"]}\` ([engine.md](../engine.md#adapters-in-every-run)); \`rewards\` is explained in [rewards.md](rewards.md); \`margins\` are those of better, clearly better and much better.`;

function sectionOf(method: Method): string {
  const schemas = fieldsOf(method);
  const small = configSchemas[method].parse({}) as Record<string, unknown>;
  const ofLarge = modelDefaults(method, large, {});
  const settings = settingsOf(method).map(({ key, why }) => {
    const standard = key in ofLarge ? `${code(small[key])}; large ${code(ofLarge[key])}` : code(small[key]);
    return row([`\`${key}\``, standard, allowed(schemas[key]), why]);
  });
  const metrics = metricsOf(method).map((name) => row([`\`${name}\``, metricMeaning(name)]));
  const parts = method === 'ppo' || method === 'grpo' ? [row(['`reward/part/NAME`', metricMeaning('reward/part/NAME')])] : [];
  return [
    `## ${titles[method]}`,
    [row(['setting', 'default', 'may be', 'what for']), '|---|---|---|---|', ...settings].join('\n'),
    [row(['metric', 'what it says']), '|---|---|', ...metrics, ...parts].join('\n'),
  ].join('\n\n');
}

interface FieldSchema {
  type?: string;
  enum?: string[];
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
}

function fieldsOf(method: Method): Record<string, FieldSchema> {
  const { properties } = z.toJSONSchema(configSchemas[method], { io: 'input', unrepresentable: 'any' });
  return (properties ?? {}) as Record<string, FieldSchema>;
}

/** What a setting may be, as briefly as it can be said; nothing for a structure, which the page explains. */
function allowed(field: FieldSchema | undefined): string {
  if (field?.enum) return field.enum.map(code).join(' ');
  if (field?.type === 'boolean') return `${code(true)} ${code(false)}`;
  if (field?.type !== 'number' && field?.type !== 'integer') return '';
  const limits: [sign: string, limit: number | undefined][] = [
    ['≥', field.minimum],
    ['>', field.exclusiveMinimum],
    ['≤', field.maximum],
    ['<', field.exclusiveMaximum],
  ];
  // A whole number is bounded by what a float can count, which says nothing.
  const said = limits.flatMap(([sign, limit]) =>
    limit === undefined || Math.abs(limit) >= Number.MAX_SAFE_INTEGER ? [] : [`${sign} ${limit}`],
  );
  return [field.type === 'integer' ? 'whole' : 'number', ...said].join(', ');
}

/** As `--set` takes it. */
function code(value: unknown): string {
  if (typeof value === 'string') return `\`${value}\``;
  const small = typeof value === 'number' && value !== 0 && Math.abs(value) < 0.001;
  return `\`${small ? value.toExponential() : JSON.stringify(value)}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
