import { createContext, type ReactNode, use } from 'react';
import { createPortal } from 'react-dom';

/** The middle of the header, where a screen may put what belongs beside its title (only Label does: its progress). */
export const HeaderSlot = createContext<HTMLElement | null>(null);

export function HeaderMiddle({ children }: { children: ReactNode }) {
  const slot = use(HeaderSlot);
  return slot ? createPortal(children, slot) : null;
}
