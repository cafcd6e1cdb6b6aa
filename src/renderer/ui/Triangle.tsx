/** The mark of a failure, drawn since Plex has no ▼. Red never stands alone: a sentence stands beside it. */
export function Triangle({ size = 12 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden style={{ flex: 'none' }}>
      <path d="M0 1.5h12L6 11z" fill="var(--pl-signal)" />
    </svg>
  );
}
