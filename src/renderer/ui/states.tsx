import { Box, Button, Group, Skeleton, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { isSignedOut } from '../app/client.ts';
import { sentenceFor } from './sentence.ts';
import { Triangle } from './Triangle.tsx';

interface StateProps {
  title: ReactNode;
  children?: ReactNode;
  /** One action when empty, two at most after an error. */
  actions?: ReactNode;
}

/** What is here once there is something, and one action. */
export function EmptyState({ title, children, actions }: StateProps) {
  return (
    <Box maw="62ch" py={4}>
      <Title order={1}>{title}</Title>
      {children && (
        <Text size="md" c="dimmed" mt={4}>
          {children}
        </Text>
      )}
      {actions && (
        <Group gap="sm" mt="md">
          {actions}
        </Group>
      )}
    </Box>
  );
}

interface ErrorStateProps extends Partial<StateProps> {
  error: unknown;
  onRetry?: (() => void) | undefined;
}

/** What happened, then what is safe, then what to do. */
export function ErrorState({ error, title, children, actions, onRetry }: ErrorStateProps) {
  const signedOut = isSignedOut(error);
  return (
    <Box maw="62ch" py={4} role="alert">
      <Group gap={10} wrap="nowrap">
        <Triangle />
        <Title order={1}>{signedOut ? 'This window is not signed in' : (title ?? 'This page could not be read')}</Title>
      </Group>
      <Text size="md" mt={4} style={{ whiteSpace: 'pre-line' }}>
        {sentenceFor(error)}
      </Text>
      {children && !signedOut && (
        <Text size="md" c="dimmed" mt={4}>
          {children}
        </Text>
      )}
      {(actions || onRetry) && (
        <Group gap="sm" mt="md">
          {actions}
          {onRetry && (
            <Button variant={actions ? 'default' : 'filled'} onClick={onRetry}>
              Try again
            </Button>
          )}
        </Group>
      )}
    </Box>
  );
}

/** Nothing for 100 ms, then rows at their final height and what is being read. */
export function Loading({ rows = 4, rowHeight = 32, words }: { rows?: number; rowHeight?: number; words?: ReactNode }) {
  const shown = useAfter(100);
  if (!shown) return null;
  return (
    <Box role="status" aria-label={typeof words === 'string' ? words : 'Reading'} maw={560}>
      {Array.from({ length: rows }, (_, row) => (
        <Box key={row} h={rowHeight} style={{ display: 'flex', alignItems: 'center' }}>
          <Skeleton h={12} radius={2} w={`${[92, 78, 86, 52][row % 4]}%`} />
        </Box>
      ))}
      {words && (
        <Text size="md" c="dimmed" mt={4}>
          {words}
        </Text>
      )}
    </Box>
  );
}

/** False at first, true after so many milliseconds: nothing flickers where the answer comes at once. */
export function useAfter(milliseconds: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return passed;
}
