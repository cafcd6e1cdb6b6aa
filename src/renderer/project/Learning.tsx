import { Table, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { queries } from '../app/queries.ts';
import { forecastSentence } from '../train/reward-words.ts';
import { count } from '../ui/format.ts';
import { Interval } from '../ui/Interval.tsx';
import { Num } from '../ui/Num.tsx';
import { SectionTitle } from '../ui/Page.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { type LearningPoint, learningPoints, learningSentence } from './learning.ts';

const newest = 12;
const share = [0, 1] as const;
const chance = { value: 0.5, name: 'chance, 50%' };

/** What more judgments bought, by the reward models that were trained, and what more would buy, by the newest one's learning curve. */
export function Learning() {
  const { data: runs = [] } = useQuery(queries.runs());
  const trained = runs.filter(({ method, state }) => method === 'reward' && state === 'done').slice(0, newest);
  const details = useQueries({ queries: trained.map(({ id }) => queries.run(id)) }).flatMap(({ data }) => data ?? []);
  const points = learningPoints(details);
  const last = details.find(({ id }) => id === trained[0]?.id);
  const curve = last?.report?.learningCurve ?? null;
  if (points.length < 2 && !curve) return null;
  return (
    <section>
      {points.length >= 2 ? <Bought points={points} /> : <SectionTitle title="What more judgments would buy" />}
      {last && curve && (
        <Text size="md" mt={points.length >= 2 ? 'sm' : 0} maw="62ch">
          {forecastSentence(curve)} By the learning curve of <TextLink to={`/train/${last.id}`}>{last.name}</TextLink>
          {last.simulated ? ', simulated judgments among its data' : ''}.
        </Text>
      )}
    </section>
  );
}

function Bought({ points }: { points: readonly LearningPoint[] }) {
  return (
    <>
      <SectionTitle title="What more judgments bought">held-out accuracy, 95% intervals; hairline: chance, 50%</SectionTitle>
      <Text size="md" mb="sm" maw="62ch">
        {learningSentence(points)}
      </Text>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl={0} w={110} ta="right">
              Judgments
            </Table.Th>
            <Table.Td />
            <Table.Th ta="right">Accuracy</Table.Th>
            <Table.Th>Reward model</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.map(({ run, judgments, accuracy }) => (
            <Table.Tr key={run.id}>
              <Table.Td pl={0} ta="right">
                {count(judgments)}
              </Table.Td>
              <Table.Td miw={140}>
                <Interval estimate={accuracy} domain={share} reference={chance} />
              </Table.Td>
              <Table.Td ta="right">
                <Num value={accuracy} kind="percent" />
              </Table.Td>
              <Table.Td>
                <TextLink to={`/train/${run.id}`}>{run.name}</TextLink>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
