import { Select, Table, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Doctor } from '#shared/api/system.ts';
import { type BackendSetting, backendNames, placeWords, type UsableBackend } from '#shared/backends.ts';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { sentenceFor } from '../ui/sentence.ts';
import { SettingRow } from './SettingRow.tsx';
import { TensorflowRow } from './TensorflowRow.tsx';

/** Where training and answering run: chosen, or decided by what was found and by the size of the model. */
export function BackendSettings({ doctor }: { doctor: Doctor }) {
  const cache = useQueryClient();
  const choose = useMutation({
    mutationFn: (setting: BackendSetting) => client.system.chooseBackend.mutate(setting),
    onSuccess: () => cache.invalidateQueries({ queryKey: queries.doctor().queryKey }),
  });
  const { setting, forced, problem, decisions } = doctor.choice;
  const isFound = (backend: UsableBackend) => doctor.backends.some(({ name, available }) => name === backend && available);
  const choice = (value: BackendSetting, label: string, ...needs: UsableBackend[]) => {
    const missing = needs.some((backend) => !isFound(backend));
    return { value, label: missing ? `${label}: not found` : label, disabled: missing && value !== setting };
  };
  return (
    <>
      <SettingRow
        label="Train on"
        why={
          forced === null
            ? 'for every run from now on; one that goes on stays where it began'
            : `PLUMBLINE_BACKEND is set: all runs on ${forced}`
        }
        htmlFor="backend"
      >
        <Select
          id="backend"
          w={320}
          allowDeselect={false}
          disabled={forced !== null}
          value={setting}
          onChange={(value) => value !== null && choose.mutate(value as BackendSetting)}
          error={problem ?? (choose.error ? sentenceFor(choose.error) : null)}
          data={[
            choice('auto', 'Whatever is fastest'),
            ...doctor.backends.map(({ name }) => choice(name, backendNames[name], name)),
            choice('tensorflow+wasm', placeWords({ backend: 'tensorflow', writer: 'wasm' }), 'tensorflow', 'wasm'),
          ]}
        />
      </SettingRow>
      <TensorflowRow doctor={doctor} />
      <Table my={24}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl={0}>Work</Table.Th>
            <Table.Th>Runs on</Table.Th>
            <Table.Th>Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {decisions.map(({ work, because, ...place }) => (
            <Table.Tr key={work}>
              <Table.Td pl={0}>{work}</Table.Td>
              <Table.Td fw={500}>{placeWords(place)}</Table.Td>
              <Table.Td>
                <Text span inherit c="dimmed">
                  {because}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
