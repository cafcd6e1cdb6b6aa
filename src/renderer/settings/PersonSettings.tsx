import { Button, NumberInput, SegmentedControl, Switch, TextInput, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me } from '#shared/api/project.ts';
import { client } from '../app/client.ts';
import { useKey } from '../app/key-bindings.ts';
import { settings, useSetting } from '../app/use-setting.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { SectionTitle } from '../ui/Page.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { SettingRow } from './SettingRow.tsx';

export function PersonSettings({ me }: { me: Me }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [size, setSize] = useSetting(settings.readingSize);
  const [scale, setScale] = useSetting(settings.scale);
  const [together, setTogether] = useSetting(settings.together);
  return (
    <section>
      <SectionTitle title="Yours" />
      <NameRow me={me} />
      <SettingRow label="Appearance" why="of this window; the system’s unless you choose">
        <SegmentedControl
          aria-label="Appearance"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as typeof colorScheme)}
          data={[
            { value: 'auto', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </SettingRow>
      <SettingRow
        label="Reading size"
        why={
          <>
            of prompts and responses, 14 to 20; <Kbd keys={useKey('label.smaller')} /> and <Kbd keys={useKey('label.larger')} /> on Label
          </>
        }
        htmlFor="reading-size"
      >
        <ReadingSizeField size={size} onChange={setSize} />
      </SettingRow>
      <SettingRow label="Answers" why="five by the arrows and Shift, or seven by the digits 1 to 7">
        <SegmentedControl
          aria-label="Answers"
          value={scale}
          onChange={(value) => setScale(value as typeof scale)}
          data={[
            { value: 'five', label: 'Five, by arrows' },
            { value: 'seven', label: 'Seven, by digits' },
          ]}
        />
      </SettingRow>
      <SettingRow
        label="Scroll together"
        why={
          <>
            A and B move as one; <Kbd keys={useKey('label.together')} /> on Label
          </>
        }
        htmlFor="together"
      >
        <Switch id="together" checked={together} onChange={(event) => setTogether(event.currentTarget.checked)} />
      </SettingRow>
    </section>
  );
}

const sizes = { min: 14, max: 20 };

/** What is typed stands in the field until it is left; then the size that is set does, also where nothing was typed. */
function ReadingSizeField({ size, onChange }: { size: number; onChange: (size: number) => void }) {
  const [typed, setTyped] = useState<number | string | null>(null);
  return (
    <NumberInput
      id="reading-size"
      {...sizes}
      value={typed ?? size}
      suffix=" px"
      onChange={(value) => {
        setTyped(value);
        if (typeof value === 'number' && value >= sizes.min && value <= sizes.max) onChange(value);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function NameRow({ me }: { me: Me }) {
  const [name, setName] = useState(me.name);
  const cache = useQueryClient();
  const rename = useMutation({
    mutationFn: () => client.project.renameMe.mutate({ name }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['project'] }),
  });
  const changed = name.trim() !== me.name && name.trim() !== '';
  return (
    <SettingRow label="Name" why="stands beside every judgment you make" htmlFor="name">
      <form
        style={{ display: 'flex', gap: 8 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (changed) rename.mutate();
        }}
      >
        <TextInput
          id="name"
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
          error={rename.error ? sentenceFor(rename.error) : null}
        />
        {changed && (
          <Button type="submit" h={36} loading={rename.isPending}>
            Rename
          </Button>
        )}
      </form>
    </SettingRow>
  );
}
