/** A label beside the end of a line: where its middle wants to be, and the horizontal room it takes. */
export interface WantedLabel {
  y: number;
  left: number;
  right: number;
}

/**
 * Heights for labels so that any two that share horizontal room stand at least `gap` apart, each as near as it can be to where it wants to be
 * (least squares: pool adjacent violators on `y − rank·gap`), and all between `top` and `bottom`. Answers in the order given.
 */
export function placeLabels(labels: WantedLabel[], gap: number, top: number, bottom: number): number[] {
  const placed = labels.map((label) => label.y);
  for (const group of overlappingGroups(labels)) {
    const order = [...group].sort((one, two) => labels[one]!.y - labels[two]!.y);
    const slack = order.map((index, rank) => labels[index]!.y - rank * gap);
    const highest = Math.max(top, bottom - (order.length - 1) * gap);
    isotonic(slack).forEach((value, rank) => {
      placed[order[rank]!] = Math.min(highest, Math.max(top, value)) + rank * gap;
    });
  }
  return placed;
}

/** Indices grouped by horizontal overlap. */
function overlappingGroups(labels: WantedLabel[]): number[][] {
  const order = labels.map((_, index) => index).sort((one, two) => labels[one]!.left - labels[two]!.left);
  const groups: number[][] = [];
  let reach = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    const label = labels[index]!;
    if (label.left < reach) groups[groups.length - 1]!.push(index);
    else groups.push([index]);
    reach = Math.max(reach, label.right);
  }
  return groups;
}

/** The non-decreasing sequence nearest to `values` by least squares. */
function isotonic(values: number[]): number[] {
  const blocks: { sum: number; count: number }[] = [];
  for (const value of values) {
    let block = { sum: value, count: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.count > block.sum / block.count; last = blocks.at(-1)) {
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  }
  return blocks.flatMap((block) => new Array<number>(block.count).fill(block.sum / block.count));
}
