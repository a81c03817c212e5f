// Markdown that anybody may have written, as elements: read block by block, so that of a reply
// that grows only its last block is read again, with half-finished syntax mended there. Raw HTML
// stays text; what is left goes through the sanitiser; links are followed only where `safeLink`
// allows, and no image is fetched from anywhere by itself.

import { type ComponentProps, memo, type ReactElement, type ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import remend from 'remend';
import { Code } from './code.tsx';
import { blocksOf } from './markdown-blocks.ts';
import styles from './markdown.module.css';
import { safeLink } from './safe-link.ts';
import { words } from './strings.ts';

export interface MarkdownProps {
  readonly text: string;
  /** More of it is to come. */
  readonly isGrowing?: boolean;
}

export const Markdown = memo(({ text, isGrowing = false }: MarkdownProps): ReactElement => {
  const blocks = blocksOf(text);
  return (
    <div className={styles['markdown']} dir="auto">
      {blocks.map((block, at) => (
        // Blocks only ever come at the end, so a place is as good as a name.
        <Block key={at} text={block} isGrowing={isGrowing && at === blocks.length - 1} />
      ))}
    </div>
  );
});
Markdown.displayName = 'Markdown';

const Block = memo(({ text, isGrowing }: Required<MarkdownProps>): ReactElement => (
  <ReactMarkdown
    remarkPlugins={remarkPlugins}
    rehypePlugins={rehypePlugins}
    urlTransform={keepUrl}
    components={isGrowing ? growingComponents : components}
  >
    {isGrowing ? remend(text, { linkMode: 'text-only' }) : text}
  </ReactMarkdown>
));
Block.displayName = 'Block';

/** Names that a document may give its elements would be found by scripts of the page: none are kept. */
const schema: typeof defaultSchema = {
  ...defaultSchema,
  clobberPrefix: 'said-',
  tagNames: (defaultSchema.tagNames ?? []).filter((name) => !['picture', 'source'].includes(name)),
};

const remarkPlugins: ComponentProps<typeof ReactMarkdown>['remarkPlugins'] = [remarkGfm];
const rehypePlugins: ComponentProps<typeof ReactMarkdown>['rehypePlugins'] = [
  () => showRaw,
  [rehypeSanitize, schema],
];

interface Node {
  type: string;
  readonly children?: readonly Node[];
}

/** Markup in words is words: whoever reads sees what was written, and nothing of it is markup. */
function showRaw(node: Node): void {
  if (node.type === 'raw') node.type = 'text';
  for (const child of node.children ?? []) showRaw(child);
}

/** Addresses are judged where they are shown. */
const keepUrl = (url: string): string => url;

function Anchor({ href, children }: ComponentProps<'a'>): ReactElement {
  if (href?.startsWith('#') === true) return <span>{children}</span>;
  const link = safeLink(href, location.origin);
  if (link === undefined) return <span title={words.linkClosed}>{children}</span>;
  if (link.host === null) return <a href={link.href}>{children}</a>;
  const title = words.opens(link.host);
  return (
    <a href={link.href} target="_blank" rel="noopener noreferrer nofollow" title={title}>
      {children}
      <small className={styles['host']}>{link.host}</small>
    </a>
  );
}

/** Never fetched: the page may not, and a stranger would learn who reads. */
function Picture({ src, alt }: ComponentProps<'img'>): ReactElement {
  const link = typeof src === 'string' ? safeLink(src, location.origin) : undefined;
  const name = alt === undefined || alt === '' ? words.image(link?.host ?? '') : alt;
  if (link === undefined || link.host === null)
    return <span className={styles['picture']}>{name}</span>;
  return (
    <a
      className={styles['picture']}
      href={link.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={words.opens(link.host)}
    >
      {name}
      <small className={styles['host']}>{link.host}</small>
    </a>
  );
}

const common: Components = {
  a: ({ href, children }) => <Anchor href={href}>{children}</Anchor>,
  img: ({ src, alt }) => <Picture src={src} alt={alt} />,
  table: ({ children }) => (
    <div className={styles['table']} tabIndex={0} role="region" aria-label={words.table}>
      <table>{children}</table>
    </div>
  ),
  // The heading of a reply stands below that of the page.
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  input: ({ checked }) => (
    <input type="checkbox" checked={checked === true} disabled readOnly aria-label={words.done} />
  ),
  pre: ({ children }) => <>{children}</>,
};

const components: Components = {
  ...common,
  code: ({ className, children }) => (
    <CodeOrWord className={className} isGrowing={false}>
      {children}
    </CodeOrWord>
  ),
};

const growingComponents: Components = {
  ...common,
  code: ({ className, children }) => (
    <CodeOrWord className={className} isGrowing>
      {children}
    </CodeOrWord>
  ),
};

interface CodeProps {
  readonly className: string | undefined;
  readonly children: ReactNode;
  readonly isGrowing: boolean;
}

function CodeOrWord({ className, children, isGrowing }: CodeProps): ReactElement {
  const text = textOf(children);
  const language = /language-([\w+#.-]+)/.exec(className ?? '')?.[1];
  // A fence ends with a line break, a word in a line never has one.
  if (language === undefined && !text.includes('\n')) return <code>{children}</code>;
  return <Code text={text.replace(/\n$/, '')} language={language} isGrowing={isGrowing} />;
}

/** The words of a code element, which holds nothing but words. */
const textOf = (children: ReactNode): string =>
  Array.isArray(children)
    ? children.map((child: ReactNode) => textOf(child)).join('')
    : typeof children === 'string'
      ? children
      : '';
