import { type ComponentProps, type CSSProperties, isValidElement, lazy, memo, type ReactNode, Suspense } from 'react';
import ReactMarkdown, { type Components, type ExtraProps } from 'react-markdown';
import rehypeKatex from 'rehype-katex';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import type { Span } from '#shared/diff.ts';
import 'katex/dist/katex.min.css';
import { Kbd } from './Kbd.tsx';
import classes from './Markdown.module.css';
import { rehypeDisplayMath, rehypeMathInReach, withMathDelimiters } from './markdown-math.ts';
import { rehypeDirection } from './rehype-direction.ts';
import { rehypeMarks } from './rehype-marks.ts';

const HighlightedCode = lazy(() => import('./HighlightedCode.tsx'));

const remarkPlugins: ComponentProps<typeof ReactMarkdown>['remarkPlugins'] = [remarkGfm, [remarkMath, { singleDollarTextMath: false }]];
type RehypePlugins = NonNullable<ComponentProps<typeof ReactMarkdown>['rehypePlugins']>;
const beforeMarks: RehypePlugins = [rehypeDirection, rehypeDisplayMath];
const afterMarks: RehypePlugins = [[rehypeKatex, { errorColor: 'currentColor' }], rehypeMathInReach];
const rehypePlugins: RehypePlugins = [...beforeMarks, ...afterMarks];

interface MarkdownProps {
  text: string;
  /** Ranges of `text` to mark; `side` colors them. */
  marks?: readonly Span[] | undefined;
  side?: 'a' | 'b' | undefined;
  /** px; 16 where nothing else is said. */
  size?: number;
  /** Written by the lead rather than a model: line ends are spaces, and code of one character is a key. */
  guideline?: boolean;
}

/** Text as its author meant it: Markdown with code and math. HTML in it stays text, and nothing is fetched from anywhere. */
export const Markdown = memo(function Markdown({ text, marks, side, size = 16, guideline = false }: MarkdownProps) {
  const source = withMathDelimiters(text);
  const marking = marks !== undefined && marks.length > 0;
  return (
    <div
      className={classes.markdown}
      data-side={side}
      data-guideline={guideline || undefined}
      style={{ fontSize: size, lineHeight: `${Math.round(size * 1.625)}px` }}
    >
      <ReactMarkdown
        remarkPlugins={remarkPlugins}
        rehypePlugins={marking ? [...beforeMarks, [rehypeMarks, { source, spans: marks }], ...afterMarks] : rehypePlugins}
        components={marking ? withPlainCode : guideline ? withKeys : components}
      >
        {source}
      </ReactMarkdown>
    </div>
  );
});

const shared: Components = {
  ol: ({ node, children, ...list }) => (
    <ol {...list} style={digitsOf(list.start ?? 1, node)}>
      {children}
    </ol>
  ),
  h1: ({ children }) => <Heading>{children}</Heading>,
  h2: ({ children }) => <Heading>{children}</Heading>,
  h3: ({ children }) => <Heading>{children}</Heading>,
  h4: ({ children }) => <Heading>{children}</Heading>,
  h5: ({ children }) => <Heading>{children}</Heading>,
  h6: ({ children }) => <Heading>{children}</Heading>,
  a: ({ href, children }) => (
    <a href={href} title={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  ),
  img: ({ alt, src }) => (
    <span className={classes.image}>
      image{alt ? `: ${alt}` : ''}
      {typeof src === 'string' && src !== '' ? ` (${src})` : ''}
    </span>
  ),
  table: ({ dir, children }) => (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; this names what the Tab key reaches
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table too wide for its column scrolls, and a keyboard must reach it
    <div className={classes.table} dir={dir} role="group" aria-label="Table" tabIndex={0} data-wide>
      <table>{children}</table>
    </div>
  ),
};

const components: Components = {
  ...shared,
  pre: ({ children }) => {
    const { code, language } = codeOf(children);
    const plain = <pre className={classes.code}>{code}</pre>;
    return language === null ? (
      plain
    ) : (
      <Suspense fallback={plain}>
        <div className={classes.code}>
          <HighlightedCode code={code} language={language} />
        </div>
      </Suspense>
    );
  },
};

/** While differences are marked, code is plain: the highlighter would drop the marks. */
const withPlainCode: Components = { ...shared, pre: ({ children }) => <pre className={classes.code}>{children}</pre> };

const withKeys: Components = {
  ...components,
  code: ({ children }) => (typeof children === 'string' && children.length === 1 ? <Kbd keys={children} /> : <code>{children}</code>),
};

/** A response's own headings are one size: they are parts of an answer, not of this page. */
function Heading({ children }: { children?: ReactNode }) {
  return (
    <p className={classes.heading} dir="auto">
      {children}
    </p>
  );
}

/** How many digits the longest number of a list has: so wide is the column that they stand in. */
function digitsOf(start: number, list: ExtraProps['node']): CSSProperties {
  const items = list?.children.filter((child) => child.type === 'element' && child.tagName === 'li').length ?? 0;
  return { '--digits': String(start + Math.max(0, items - 1)).length } as CSSProperties;
}

function codeOf(children: ReactNode): { code: string; language: string | null } {
  if (!isValidElement<{ className?: string; children?: ReactNode }>(children)) return { code: String(children ?? ''), language: null };
  const language = /language-(\S+)/.exec(children.props.className ?? '')?.[1] ?? null;
  return { code: String(children.props.children ?? '').replace(/\n$/, ''), language };
}
