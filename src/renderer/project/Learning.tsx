import { Table, Text } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { Interval } from '../ui/Interval.tsx';
import { Num } from '../ui/Num.tsx';
import { SectionTitle } from '../ui/Page.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { learningPoints, learningSentence } from './learning.ts';

const newest = 12;
const share = [0, 1] as const;
const chance = { value: 0.5, name: 'chance, 50%' };

/** What more judgments bought: held-out accuracy of the reward models by the number of judgments behind each. */
export function Learning() {
  const { data: runs = [] } = useQuery(queries.runs());
  const trained = runs.filter(({ method, state }) => method === 'reward' && state === 'done').slice(0, newest);
  const details = useQueries({ queries: trained.map(({ id }) => queries.run(id)) });
  const points = learningPoints(details.flatMap(({ data }) => data ?? []));
  if (points.length < 2) return null;
  return (
    <section>
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
            <Table.Th />
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
    </section>
  );
}
