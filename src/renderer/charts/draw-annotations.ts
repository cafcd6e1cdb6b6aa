import type uPlot from 'uplot';
import type { ChartSpec } from './chart-spec.ts';
import type { ChartColors, ColorName } from './colors.ts';
import { placeLabels, type WantedLabel } from './place-labels.ts';
import { lastMeasured } from './smooth.ts';

const labelGap = 14;
const family = '"IBM Plex Sans", system-ui, sans-serif';

/** Fills are too pale to be read as words; these are their colors for text (design.md, Tokens). */
const textColors: Partial<Record<ColorName, ColorName>> = { aFill: 'a', bFill: 'b', ref: 'dimmed' };

interface Text extends WantedLabel {
  words: string;
  color: string;
  strong: boolean;
}

/** Reference hairlines, under the lines. */
export function drawReferences(plot: uPlot, spec: ChartSpec, colors: ChartColors, scale: number): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colors.ref;
  ctx.lineWidth = scale;
  for (const reference of spec.references ?? []) {
    const y = Math.round(plot.valToPos(reference.y, 'y', true)) + (scale % 2) / 2;
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

/** Dots and words at the ends of lines, names of references, and marks of failure, over the lines. `scale` is canvas pixels a CSS pixel. */
export function drawAnnotations(plot: uPlot, spec: ChartSpec, colors: ChartColors, scale: number): void {
  const { ctx, bbox } = plot;
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  drawMarks(plot, spec, colors, scale);

  const texts: Text[] = [];
  for (const series of spec.series) {
    if (series.label === undefined) continue;
    const last = lastMeasured(series.values);
    if (last < 0) continue;
    const x = plot.valToPos(spec.x[last]!, 'x', true);
    const y = plot.valToPos(series.values[last]!, 'y', true);
    ctx.beginPath();
    ctx.arc(x, y, 3.5 * scale, 0, 2 * Math.PI);
    ctx.fillStyle = colors[series.color];
    ctx.fill();
    ctx.font = fontOf(series.strong ?? false, scale);
    const color = colors[textColors[series.color] ?? series.color];
    const left = x + 10 * scale;
    texts.push({ words: series.label, color, strong: series.strong ?? false, y, left, right: left + ctx.measureText(series.label).width });
  }
  for (const reference of spec.references ?? []) {
    ctx.font = fontOf(false, scale);
    const width = ctx.measureText(reference.words).width;
    const y = plot.valToPos(reference.y, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    const room = spec.labelRoom * scale - 8 * scale;
    // In the gutter where it fits, else inside the plot just under its line.
    if (width <= room)
      texts.push({ words: reference.words, color: colors.dimmed, strong: false, y, left: right + 10 * scale, right: right + width });
    else
      texts.push({
        words: reference.words,
        color: colors.dimmed,
        strong: false,
        y: y + 10 * scale,
        left: right - width - 4 * scale,
        right,
      });
  }
  const heights = placeLabels(texts, labelGap * scale, bbox.top + 6 * scale, bbox.top + bbox.height - 6 * scale);
  texts.forEach((text, index) => {
    ctx.font = fontOf(text.strong, scale);
    const beyond = text.right - (right + spec.labelRoom * scale);
    const x = beyond > 0 && text.left > right - 4 * scale ? text.left - beyond : text.left;
    // A rim of the page's color keeps words readable where they cross a grid line.
    ctx.strokeStyle = colors.page;
    ctx.lineWidth = 4 * scale;
    ctx.lineJoin = 'round';
    ctx.strokeText(text.words, x, heights[index]!);
    ctx.fillStyle = text.color;
    ctx.fillText(text.words, x, heights[index]!);
  });
  ctx.restore();
}

function fontOf(strong: boolean, scale: number): string {
  return `${strong ? 600 : 400} ${12 * scale}px ${family}`;
}

function drawMarks(plot: uPlot, spec: ChartSpec, colors: ChartColors, scale: number): void {
  const { ctx, bbox } = plot;
  let free = Number.NEGATIVE_INFINITY;
  for (const mark of [...(spec.marks ?? [])].sort((one, two) => one.x - two.x)) {
    const x = Math.round(plot.valToPos(mark.x, 'x', true)) + (scale % 2) / 2;
    ctx.strokeStyle = colors.signal;
    ctx.fillStyle = colors.signal;
    ctx.lineWidth = scale;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top - 6 * scale);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (mark.words === '') continue;
    const top = bbox.top - 14 * scale;
    ctx.beginPath();
    ctx.moveTo(x - 5 * scale, top);
    ctx.lineTo(x + 5 * scale, top);
    ctx.lineTo(x, top + 8 * scale);
    ctx.fill();
    ctx.font = fontOf(true, scale);
    const width = ctx.measureText(mark.words).width;
    // Words stand left of their mark, or right of it near the left edge; a second mark too close to the first shows only its triangle.
    const left = x - 10 * scale - width > bbox.left - 30 * scale ? x - 10 * scale - width : x + 10 * scale;
    if (left < free) continue;
    ctx.fillText(mark.words, left, top + 4 * scale);
    free = left + width + 16 * scale;
  }
}
