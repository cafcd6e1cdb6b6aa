import type { Random } from '#engine/nn/random.ts';

/**
 * The random-walks task that CPU-size RLHF is measured on (Chen et al. 2021, Decision Transformer; trlX, examples/randomwalks): a directed graph of 21 nodes, and a path
 * that is the better the sooner it reaches the goal.
 */
export interface Graph {
  /** Successors of each node, ascending; the goal is node 0 and leads nowhere. */
  edges: readonly (readonly number[])[];
  /** Steps from each node to the goal, at most `longestPath`. */
  shortest: readonly number[];
}

export const nodes = 21;
/** A path has at most so many steps. */
export const longestPath = 9;
/** An edge between two nodes, by chance. */
const edgeShare = 0.1;

/** A graph in which every node reaches the goal within `longestPath` steps; one that does not is drawn again. */
export function drawGraph(random: Random): Graph {
  for (;;) {
    const edges = Array.from({ length: nodes }, (_, from) => (from === 0 ? [] : successors(from, random)));
    const shortest = stepsToGoal(edges);
    if (shortest.every((steps) => steps <= longestPath)) return { edges, shortest };
  }
}

/** Every node leads somewhere: one without a successor gets one. */
function successors(from: number, random: Random): number[] {
  const others = Array.from({ length: nodes }, (_, to) => to).filter((to) => to !== from);
  const drawn = others.filter(() => random.uniform() < edgeShare);
  return drawn.length > 0 ? drawn : [others[random.integer(others.length)]!];
}

/** Steps from each node to node 0, breadth first against the edges; infinite where there is no path. */
export function stepsToGoal(edges: Graph['edges']): number[] {
  const steps = edges.map(() => Number.POSITIVE_INFINITY);
  steps[0] = 0;
  for (let reached = [0]; reached.length > 0; ) {
    const next = edges.flatMap((to, from) =>
      steps[from] === Number.POSITIVE_INFINITY && to.some((node) => reached.includes(node)) ? [from] : [],
    );
    for (const node of next) steps[node] = steps[reached[0]!]! + 1;
    reached = next;
  }
  return steps;
}

/** A walk without aim from `start`: the nodes after it, until the goal or `longestPath` steps. */
export function randomWalk({ edges }: Graph, start: number, random: Random): number[] {
  const path: number[] = [];
  for (let node = start; node !== 0 && path.length < longestPath; path.push(node)) {
    const to = edges[node]!;
    node = to[random.integer(to.length)]!;
  }
  return path;
}

/**
 * How good a path is, 0 to 1: 1 for the shortest, less by every step more, 0 for one that takes a step that is none, goes on after the goal or does not reach it within
 * `longestPath` steps. As in trlX: (most − steps) / (most − fewest), where a path that fails counts `most` = longestPath + 1 steps.
 */
export function optimality({ edges, shortest }: Graph, start: number, path: readonly number[]): number {
  const steps = path.length;
  if (steps > longestPath || path.at(-1) !== 0) return 0;
  const walked = path.every((node, i) => edges[i === 0 ? start : path[i - 1]!]!.includes(node));
  const most = longestPath + 1;
  return walked ? (most - steps) / (most - shortest[start]!) : 0;
}

/** a … u: a node as the model writes it. */
export function letterOf(node: number): string {
  return String.fromCharCode(97 + node);
}

/** The nodes of a text, or null where a letter is none. */
export function nodesOf(text: string): number[] | null {
  const path = [...text].map((letter) => letter.charCodeAt(0) - 97);
  return path.every((node) => node >= 0 && node < nodes) ? path : null;
}
