import { Box, Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ErrorState } from '../ui/states.tsx';

/** A defect in a screen ends that screen, not the app. `where` changes with the route and tries again. */
export class ErrorBoundary extends Component<{ where: string; children: ReactNode }, { error: unknown; where: string }> {
  override state = { error: null as unknown, where: this.props.where };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  static getDerivedStateFromProps(props: { where: string }, state: { where: string }) {
    return props.where === state.where ? null : { error: null, where: props.where };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <Box p="xl">
        <ErrorState
          title="This screen stopped drawing"
          error={this.state.error}
          actions={<Button onClick={() => this.setState({ error: null })}>Draw it again</Button>}
        >
          This is a defect of Plumbline. Judgments, runs and checkpoints are stored by the backend and are not touched by it.
        </ErrorState>
      </Box>
    );
  }
}
