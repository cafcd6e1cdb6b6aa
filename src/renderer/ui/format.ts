import type { Estimate } from '#shared/domain.ts';

/** How a number is written: a share of one as a percentage, a signed difference or reward, or a plain measure. */
export type NumberKind = 'percent' | 'signed' | 'plain';

const thousands = new Intl.NumberFormat('en-US');

/** 6,434 */
export const count = (value: number): string => thousands.format(Math.round(value));

/** 1 row, 6,434 rows: a count with its noun, which takes an s. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${Math.round(value) === 1 ? '' : 's'}`;

/** Two significant digits at most for percentages, a true minus sign, a plus on differences and rewards. */
export function formatNumber(value: number, kind: NumberKind, digits = kind === 'percent' ? 0 : 2): string {
  if (!Number.isFinite(value)) return 'not a number';
  const scaled = kind === 'percent' ? value * 100 : value;
  const text = Math.abs(scaled) >= 1000 && digits === 0 ? count(Math.abs(scaled)) : Math.abs(scaled).toFixed(digits);
  const isZero = Number(text.replaceAll(',', '')) === 0;
  const sign = scaled < 0 && !isZero ? '−' : kind === 'signed' && !isZero ? '+' : '';
  return `${sign}${text}${kind === 'percent' ? '%' : ''}`;
}

/** `[48, 70]`, both ends with as many digits as the estimate. */
export function formatBrackets(estimate: Estimate, kind: NumberKind, digits?: number): string {
  const end = (value: number) => formatNumber(value, kind === 'signed' ? 'signed' : kind, digits).replace('%', '');
  const plain = kind === 'signed' && estimate.low >= 0 ? (value: number) => end(value).replace('+', '') : end;
  return `[${plain(estimate.low)}, ${plain(estimate.high)}]`;
}

/** `59% [48, 70]` */
export const formatEstimate = (estimate: Estimate, kind: NumberKind, digits?: number): string =>
  `${formatNumber(estimate.value, kind, digits)} ${formatBrackets(estimate, kind, digits)}`;

/** `14 min`, `52 s`, `3 h 20 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `3.8 MB`, `1.4 GB` */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? count(value) : value.toFixed(value >= 10 ? 0 : 1)} ${units[unit]}`;
}

/** `just now`, `16 min ago`, `2 h ago`, `yesterday`, `3 days ago`, then the date. */
export function formatAgo(at: number, now: number): string {
  const seconds = Math.max(0, (now - at) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 90 * 60) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 22 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86_400);
  if (days <= 1) return 'yesterday';
  if (days < 14) return `${days} days ago`;
  return new Date(at).toLocaleDateString('en-US', { day: 'numeric', month: 'short', year: 'numeric' });
}
