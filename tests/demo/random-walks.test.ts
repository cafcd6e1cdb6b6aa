import { expect, test } from 'vitest';
import { Random } from '#engine/nn/random.ts';
import {
  drawGraph,
  type Graph,
  letterOf,
  longestPath,
  nodes,
  nodesOf,
  optimality,
  randomWalk,
  stepsToGoal,
} from '../../scripts/random-walks/graph.ts';

/** All paths of up to `longestPath` steps that end at the goal, tried one by one. */
function fewestSteps({ edges }: Graph, start: number): number {
  let ends = new Set([start]);
  for (let steps = 0; steps <= longestPath; steps++) {
    if (ends.has(0)) return steps;
    ends = new Set([...ends].flatMap((node) => edges[node]!));
  }
  return Number.POSITIVE_INFINITY;
}

test.each([0, 1, 2, 3, 4])(
  'graph %d: every node leads somewhere and reaches the goal; its distances are those of trying all paths',
  (seed) => {
    const graph = drawGraph(Random.from(seed));
    expect(graph.edges).toHaveLength(nodes);
    expect(graph.edges[0]).toEqual([]);
    for (let node = 1; node < nodes; node++) {
      expect(graph.edges[node]!.length).toBeGreaterThan(0);
      expect(graph.edges[node]).not.toContain(node);
      expect(graph.shortest[node]).toBe(fewestSteps(graph, node));
    }
    expect(drawGraph(Random.from(seed))).toEqual(graph);
  },
);

test('walks follow edges, stop at the goal, and are worth at most the shortest', () => {
  const graph = drawGraph(Random.from(7));
  const random = Random.from(7, 'walks');
  let reached = 0;
  for (let i = 0; i < 400; i++) {
    const start = 1 + random.integer(nodes - 1);
    const path = randomWalk(graph, start, random);
    expect(path.length).toBeLessThanOrEqual(longestPath);
    expect(path.slice(0, -1)).not.toContain(0);
    const worth = optimality(graph, start, path);
    expect(worth > 0).toBe(path.at(-1) === 0);
    expect(worth).toBeLessThanOrEqual(1);
    expect(worth === 1).toBe(path.at(-1) === 0 && path.length === graph.shortest[start]);
    if (worth > 0) reached++;
  }
  expect(reached).toBeGreaterThan(20);
});

test('optimality: (10 − steps) / (10 − fewest); nothing for a step that is none, a path beyond the goal or one that is too long', () => {
  const chain: Graph['edges'] = [[], [0, 2], [3], [1]];
  const graph = { edges: chain, shortest: stepsToGoal(chain) };
  expect(graph.shortest).toEqual([0, 1, 3, 2]);
  expect(optimality(graph, 1, [0])).toBe(1);
  expect(optimality(graph, 1, [2, 3, 1, 0])).toBeCloseTo(6 / 9, 12);
  expect(optimality(graph, 2, [3, 1, 0])).toBe(1);
  expect(optimality(graph, 2, [0])).toBe(0);
  expect(optimality(graph, 1, [0, 2, 3, 1, 0])).toBe(0);
  expect(optimality(graph, 1, [])).toBe(0);
  expect(optimality(graph, 1, [2, 3, 1])).toBe(0);
  expect(optimality(graph, 1, [2, 3, 1, 2, 3, 1, 2, 3, 1, 0])).toBe(0);
});

test('letters are nodes', () => {
  expect(nodesOf('acu')).toEqual([0, 2, 20]);
  expect([0, 2, 20].map(letterOf).join('')).toBe('acu');
  expect(nodesOf('av')).toBeNull();
  expect(nodesOf('a b')).toBeNull();
});
