// What was found, on this device and without a network, with the words that were looked for
// marked where they stand. A hit opens its session at its message.

import { Fragment, type ReactElement, type ReactNode } from 'react';
import type { SearchHit } from 'holdfast';
import { useLibrary, useSearch } from 'holdfast/react';
import { Link } from 'wouter';
import { clock } from '../base/clock.ts';
import { shortTime } from '../base/time.ts';
import { strings } from '../strings.ts';
import { nameOf } from './groups.ts';
import styles from './search-results.module.css';

const hitsMax = 50;

export function SearchResults({ text }: { readonly text: string }): ReactElement {
  const { hits, isComplete, isSearching } = useSearch(text, { limit: hitsMax });
  const { entries } = useLibrary();
  const names = new Map(entries.map((entry) => [entry.id, nameOf(entry)]));
  const isEmpty = hits.length === 0 && isComplete && !isSearching;
  return (
    <section aria-label={strings.search.label}>
      <p className={styles['state']} role="status">
        {isEmpty ? strings.search.none(text) : strings.search.count(hits.length)}
        {!isComplete && ` ${strings.search.partly}`}
      </p>
      <ul>
        {hits.map((hit) => (
          <Hit
            key={`${hit.session}/${hit.message ?? ''}`}
            hit={hit}
            name={names.get(hit.session)}
          />
        ))}
      </ul>
    </section>
  );
}

interface HitProps {
  readonly hit: SearchHit;
  readonly name: string | undefined;
}

function Hit({ hit, name }: HitProps): ReactElement {
  const { session, message, author, at, snippet } = hit;
  const place = message === null ? `/s/${session}` : `/s/${session}/m/${message}`;
  return (
    <li>
      <Link href={place} className={styles['hit']}>
        <span className={styles['head']}>
          <span className={styles['name']} dir="auto">
            {name ?? strings.list.untitled}
          </span>
          <time dateTime={new Date(at).toISOString()}>{shortTime(at, clock.now())}</time>
        </span>
        <span className={styles['text']} dir="auto">
          <span className={styles['author']}>
            {message === null ? strings.search.inTitle : author}
          </span>{' '}
          {marked(snippet)}
        </span>
      </Link>
    </li>
  );
}

function marked({ text, ranges }: SearchHit['snippet']): ReactNode {
  let from = 0;
  const pieces = ranges.map(([start, end]) => {
    const before = text.slice(from, start);
    from = end;
    return (
      <Fragment key={start}>
        {before}
        <mark>{text.slice(start, end)}</mark>
      </Fragment>
    );
  });
  return [...pieces, text.slice(from)];
}
