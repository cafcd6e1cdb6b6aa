/** Reasons being written, kept by assignment at every keystroke so that they survive a crash of the page. */
export interface DraftStore {
  read(assignmentId: string): string;
  write(assignmentId: string, text: string): void;
  clear(assignmentId: string): void;
}

export function draftStore(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): DraftStore {
  const key = (assignmentId: string) => `plumbline.reason.${assignmentId}`;
  return {
    read: (assignmentId) => storage.getItem(key(assignmentId)) ?? '',
    write: (assignmentId, text) => (text === '' ? storage.removeItem(key(assignmentId)) : storage.setItem(key(assignmentId), text)),
    clear: (assignmentId) => storage.removeItem(key(assignmentId)),
  };
}
