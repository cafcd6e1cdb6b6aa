/** The plumb bob between its two marks, in ink. */
export function Mark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" role="img" aria-label="Plumbline" fill="currentColor">
      <path d="M8.5 1h1v8h-1z" />
      <path d="M7.6 8h2.8v1.4l1.7 1.7L9 16.5 5.9 11.1 7.6 9.4z" />
      <path d="M1.5 15h3.2v1.2H1.5zM13.3 15h3.2v1.2h-3.2z" />
    </svg>
  );
}
