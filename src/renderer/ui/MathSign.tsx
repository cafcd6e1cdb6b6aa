import { renderToString } from 'katex';
import { useMemo } from 'react';
import 'katex/dist/katex.min.css';

/** A sign of the field in math italic: `r_\phi`, `\pi_\theta`, `\beta`. Plex Mono lacks most Greek, KaTeX's own font ships anyway. */
export function MathSign({ tex }: { tex: string }) {
  const html = useMemo(() => renderToString(tex, { throwOnError: false, output: 'html' }), [tex]);
  // KaTeX escapes its input, and `tex` is a literal of ours.
  // biome-ignore lint/security/noDangerouslySetInnerHtml: KaTeX has no other output
  return <span role="img" aria-label={spoken(tex)} dangerouslySetInnerHTML={{ __html: html }} />;
}

const spoken = (tex: string) => tex.replaceAll('\\', '').replaceAll('_', ' ').replaceAll(/[{}]/g, '');
