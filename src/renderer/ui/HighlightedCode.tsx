import { CodeHighlight, CodeHighlightAdapterProvider, createHighlightJsAdapter } from '@mantine/code-highlight';
import hljs from 'highlight.js/lib/common';

const adapter = createHighlightJsAdapter(hljs);

/** Code with its syntax in weight and gray only: color would steer a judgment. Loaded when the first code appears. */
export default function HighlightedCode({ code, language }: { code: string; language: string }) {
  return (
    <CodeHighlightAdapterProvider adapter={adapter}>
      <CodeHighlight
        code={code}
        language={hljs.getLanguage(language) ? language : 'plaintext'}
        withCopyButton={false}
        withFirstLineIndentation
      />
    </CodeHighlightAdapterProvider>
  );
}
