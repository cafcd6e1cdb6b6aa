import { Box, Group, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

/** A page that scrolls as one: 20 above, 24 at the sides. `name` is what the window's title says. */
export function Page({ name, children }: { name: string; children: ReactNode }) {
  usePageName(name);
  return (
    <Box pt={20} px={24} pb={40} miw={0}>
      {children}
    </Box>
  );
}

/** Names the page in the window's title, for history and screen readers. */
export function usePageName(name: string): void {
  useEffect(() => {
    document.title = `${name} · Plumbline`;
  }, [name]);
}

interface PageTitleProps {
  /** The finding: a sentence, with a number and its interval where there is one. */
  title: ReactNode;
  /** What it rests on. */
  children?: ReactNode;
  /** One action, as a {@link PrimaryButton}; quieter ones before it. */
  actions?: ReactNode;
}

/** The opening of a screen: its finding, and one action. */
export function PageTitle({ title, children, actions }: PageTitleProps) {
  return (
    <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xl" mb={24}>
      <Box miw={0}>
        <Title order={1}>{title}</Title>
        {children && (
          <Text size="md" c="dimmed" maw="100ch">
            {children}
          </Text>
        )}
      </Box>
      {actions && (
        <Group gap="sm" wrap="nowrap" style={{ flex: 'none' }}>
          {actions}
        </Group>
      )}
    </Group>
  );
}

/** The title of a section, with its unit and sample beside it. */
export function SectionTitle({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <Group gap="md" align="baseline" mb={8}>
      <Title order={2}>{title}</Title>
      {children && (
        <Text span size="xs" c="dimmed">
          {children}
        </Text>
      )}
    </Group>
  );
}
