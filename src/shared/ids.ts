/** Sortable and unguessable: 9 base-36 digits of UTC milliseconds, then 13 random ones (67 bits). */
export function newId(prefix: string): string {
  const time = Date.now().toString(36).padStart(9, '0');
  const bytes = crypto.getRandomValues(new Uint8Array(13));
  const tail = Array.from(bytes, (byte) => (byte % 36).toString(36)).join('');
  return `${prefix}_${time}${tail}`;
}
