import { MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter } from 'react-router';
import classes from './App.module.css';
import { queryClient } from './queries.ts';
import { Shell } from './Shell.tsx';
import { resolver, theme } from './theme.ts';

/** The renderer: a web app on its own origin, the same in a window and in a browser. */
export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        {/* Outermost of what can show a link: dialogs and notices may hold some. */}
        <BrowserRouter>
          <ModalsProvider>
            <Shell />
            <Notifications
              position="bottom-left"
              transitionDuration={0}
              autoClose={6000}
              limit={3}
              containerWidth={340}
              classNames={{ root: classes.notices, notification: classes.notice }}
            />
          </ModalsProvider>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}
