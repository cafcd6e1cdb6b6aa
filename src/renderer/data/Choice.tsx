import { Box, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** A setting with its one-line reason above its field. */
export function Choice({ label, reason, children }: { label: string; reason: string; children: ReactNode }) {
  return (
    <Box role="group" aria-label={label}>
      <Text size="sm" fw={600}>
        {label}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {reason}
      </Text>
      {children}
    </Box>
  );
}
