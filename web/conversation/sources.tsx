// What a reply leans on, at its end, numbered, each with where it leads and what was read there.

import type { SourcePart } from 'holdfast';
import { useView } from 'holdfast/react';
import type { ReactElement } from 'react';
import { safeLink } from './safe-link.ts';
import styles from './sources.module.css';
import { words } from './strings.ts';

const none: readonly SourcePart[] = [];

export function Sources({ message }: { readonly message: string }): ReactElement | null {
  const sources = useView((view) => {
    const parts = view.messages.get(message)?.parts ?? [];
    const found = parts.filter((part) => part.type === 'source');
    return found.length === 0 ? none : found;
  }, isSame);
  if (sources.length === 0) return null;
  return (
    <section className={styles['sources']} aria-label={words.sources}>
      <h4>{words.sources}</h4>
      <ol>
        {sources.map((source) => (
          <Source key={source.id} source={source} />
        ))}
      </ol>
    </section>
  );
}

const isSame = (a: readonly SourcePart[], b: readonly SourcePart[]): boolean =>
  a.length === b.length && a.every((source, at) => source === b[at]);

function Source({ source }: { readonly source: SourcePart }): ReactElement {
  const { title, url, snippet } = source;
  const link = safeLink(url, location.origin);
  return (
    <li dir="auto">
      {link === undefined ? (
        title
      ) : (
        <a
          href={link.href}
          target={link.host === null ? undefined : '_blank'}
          rel="noopener noreferrer nofollow"
          title={link.host === null ? undefined : words.opens(link.host)}
        >
          {title}
        </a>
      )}
      {link !== undefined && link.host !== null && <small>{link.host}</small>}
      {snippet !== undefined && <blockquote>{snippet}</blockquote>}
    </li>
  );
}
