import { AppShell } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { ErrorState, Loading } from '../ui/states.tsx';
import { bridge } from './bridge.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Header } from './Header.tsx';
import { HeaderSlot } from './header-slot.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { setKeys } from './key-bindings.ts';
import { useCommands } from './keyboard.ts';
import { Palette } from './Palette.tsx';
import { openPalette } from './palette-store.ts';
import { isReading, places, settingsPlace } from './places.ts';
import { queries } from './queries.ts';
import { Rail } from './Rail.tsx';
import { RunNotices } from './RunNotices.tsx';
import { RunEventsProvider } from './run-events.tsx';
import { Screens } from './Screens.tsx';
import classes from './Shell.module.css';
import { rememberRole } from './signed-out.ts';
import { settings, useSetting } from './use-setting.ts';

/** Header, rail and the screen; the keys that work everywhere. */
export function Shell() {
  const me = useQuery(queries.me());
  const cache = useQueryClient();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const reading = isReading(pathname);
  const [railAsked, setRailAsked] = useState(false);
  const [railHidden, setRailHidden] = useState(false);
  const [keysOpened, setKeysOpened] = useState(false);
  const [middle, setMiddle] = useState<HTMLElement | null>(null);
  const isLead = me.data !== undefined && me.data.role !== 'annotator';
  const [ownKeys] = useSetting(settings.keys);
  const [scale] = useSetting(settings.scale);
  const role = me.data?.role;
  useEffect(() => {
    if (role) rememberRole(role);
  }, [role]);
  useEffect(() => setKeys(ownKeys, scale), [ownKeys, scale]);
  const railShown = me.data !== undefined && (reading ? railAsked : !railHidden);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place starts with its own default
  useEffect(() => setRailAsked(false), [pathname]);

  const toggleRail = () => {
    if (!reading) return setRailHidden((now) => !now);
    // Its counts stood still while pairs were judged.
    if (!railAsked) void cache.invalidateQueries(queries.summary());
    setRailAsked((now) => !now);
  };
  // The window's menu. The bridge has no way to stop listening, so one listener stays and calls the newest.
  const goTo = useRef(navigate);
  useEffect(() => {
    goTo.current = navigate;
  });
  useEffect(() => bridge?.onGo((path) => goTo.current(path)), []);

  useCommands({
    'app.find': openPalette,
    'app.keys': () => setKeysOpened(true),
    'app.rail': toggleRail,
    ...Object.fromEntries([...places, settingsPlace].map((place) => [place.command, () => navigate(place.path)])),
  });

  return (
    <RunEventsProvider enabled={isLead}>
      <HeaderSlot value={middle}>
        <AppShell
          header={{ height: 44 }}
          navbar={{ width: 152, breakpoint: 0, collapsed: { desktop: !railShown, mobile: !railShown } }}
          transitionDuration={0}
          classNames={{ header: classes.header, navbar: classes.navbar, main: classes.main }}
        >
          <AppShell.Header>
            <Header isLead={isLead} reading={reading} onMenu={toggleRail} middleRef={setMiddle} />
          </AppShell.Header>
          {/* What is out of sight is out of the Tab key's way. */}
          <AppShell.Navbar inert={!railShown}>
            <Rail isLead={isLead} />
          </AppShell.Navbar>
          <AppShell.Main>
            <ErrorBoundary where={pathname}>
              {me.isError ? (
                <div className={classes.padded}>
                  <ErrorState title="Plumbline could not open" error={me.error} onRetry={() => me.refetch()}>
                    Judgments, runs and checkpoints are files of the project; nothing on this page changes them.
                  </ErrorState>
                </div>
              ) : (
                <Suspense
                  fallback={
                    <div className={classes.padded}>
                      <Loading />
                    </div>
                  }
                >
                  {me.data && <Screens isLead={isLead} />}
                </Suspense>
              )}
            </ErrorBoundary>
          </AppShell.Main>
        </AppShell>
        {isLead && <RunNotices />}
        <Palette isLead={isLead} onKeys={() => setKeysOpened(true)} />
        <KeysDialog reading={reading} opened={keysOpened} onClose={() => setKeysOpened(false)} />
      </HeaderSlot>
    </RunEventsProvider>
  );
}
