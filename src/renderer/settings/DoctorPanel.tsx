import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Doctor } from '#shared/api/system.ts';
import { backendNames, gpuWords } from '#shared/backends.ts';
import { queries } from '../app/queries.ts';
import { formatBytes } from '../ui/format.ts';
import { SectionTitle } from '../ui/Page.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { BackendSettings } from './BackendSettings.tsx';

/** What this machine trains with: backends found, and why the others are not. */
export function DoctorPanel() {
  const doctor = useQuery({
    ...queries.doctor(),
    refetchInterval: (query) => (query.state.data?.tensorflow.progress ? 1000 : false),
  });
  return (
    <section>
      <SectionTitle title="This machine">what training can use here; the same as plumbline doctor</SectionTitle>
      {doctor.isError && <ErrorState error={doctor.error} title="This machine could not be examined" onRetry={() => doctor.refetch()} />}
      {doctor.isPending && <Loading words="Trying each backend" />}
      {doctor.data && <Found doctor={doctor.data} />}
    </section>
  );
}

function Found({ doctor }: { doctor: Doctor }) {
  const facts: [string, string][] = [
    ['GPU', gpuWords(doctor.backends)],
    ['Plumbline', doctor.version],
    ['System', `${doctor.platform}, ${doctor.cores} cores`],
    ['Memory', `${formatBytes(doctor.freeMemoryBytes)} free of ${formatBytes(doctor.memoryBytes)}`],
    ['Node', doctor.node],
    ['SQLite', doctor.sqlite],
    ['Electron', doctor.electron.found ? (doctor.electron.version ?? 'found') : (doctor.electron.reason ?? 'not found')],
  ];
  return (
    <>
      <BackendSettings doctor={doctor} />
      <Table mb={24}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl={0}>Backend</Table.Th>
            <Table.Th>Here</Table.Th>
            <Table.Th>What it is, and why it cannot be used</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {doctor.backends.map((backend) => (
            <Table.Tr key={backend.name}>
              <Table.Td pl={0} fw={500}>
                {backendNames[backend.name]}
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{backend.available ? 'found' : 'not usable'}</Table.Td>
              <Table.Td>
                {backend.words}
                {backend.reason && (
                  <Text span inherit c="dimmed">
                    . {backend.reason}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Table>
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td pl={0} w={180} c="dimmed">
                {name}
              </Table.Td>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
