import type { LabelSession } from './session.ts';

export const lookMilliseconds = 15_000;

/**
 * Has a session look for what came meanwhile: whenever its window gets the focus, and now and then while it has no pair, so that whoever has finished is given
 * new work without a reload. A page that nobody sees does not ask. @returns what ends it
 */
export function keepLooking(
  session: Pick<LabelSession, 'getState' | 'look'>,
  window: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>,
  isSeen: () => boolean,
): () => void {
  const onFocus = () => void session.look();
  const timer = setInterval(() => {
    if (isSeen() && session.getState().phase === 'done') void session.look(true);
  }, lookMilliseconds);
  window.addEventListener('focus', onFocus);
  return () => {
    clearInterval(timer);
    window.removeEventListener('focus', onFocus);
  };
}
