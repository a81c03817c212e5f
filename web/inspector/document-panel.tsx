// The document: its size, its writers, what is in it, and whether its rules hold. Looking costs a
// walk over everything, so it is done when it is asked for.

import type { Inspection, SessionHandle } from 'holdfast';
import { useView } from 'holdfast/react';
import { type ReactElement, useEffect, useState } from 'react';
import { Button } from '../base/button.tsx';
import { sizeOf } from '../base/time.ts';
import { Facts } from './facts.tsx';
import styles from './inspector.module.css';
import { words } from './strings.ts';

/** More writers than this are counted. */
const clientsShown = 12;

export function DocumentPanel({ session }: { readonly session: SessionHandle }): ReactElement {
  const [found, setFound] = useState<Inspection | null>(null);
  useEffect(() => {
    let isGone = false;
    void session.ready.then(() => isGone || setFound(session.inspect()));
    return () => {
      isGone = true;
    };
  }, [session]);
  return (
    <article className={styles['panel']}>
      <header>
        <h2>{words.document}</h2>
        <Button onClick={() => setFound(session.inspect())}>{words.look}</Button>
      </header>
      {found === null ? <p>{words.notYet}</p> : <Found found={found} />}
      <Counts />
    </article>
  );
}

function Found({ found }: { readonly found: Inspection }): ReactElement {
  const { bytes, structs, clients, isPending, digest, violations } = found;
  return (
    <>
      <Facts
        facts={[
          [words.bytes, sizeOf(bytes)],
          [words.structs, structs.toLocaleString()],
          [words.clients, clients.length.toLocaleString()],
          [words.pending, isPending ? words.yes : words.no],
          [words.digest, digest.slice(0, 16)],
        ]}
      />
      <p className={violations.length === 0 ? styles['good'] : styles['bad']}>
        {violations.length === 0 ? words.allHold : words.broken(violations.length)}
      </p>
      {violations.length > 0 && (
        <ul>
          {violations.slice(0, 50).map(({ id, where }) => (
            <li key={`${id} ${where}`}>
              <code>{id}</code> {where}
            </li>
          ))}
        </ul>
      )}
      <ul className={styles['clients']}>
        {clients.slice(0, clientsShown).map(({ client, structs: count, clock }) => (
          <li key={client}>
            <code>{client}</code>
            <span>{`${count.toLocaleString()} / ${clock.toLocaleString()}`}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

function Counts(): ReactElement {
  const counts = useView(
    ({ messages, path, runs, requests, participants, annotations, faults }) => [
      messages.size,
      path.length,
      runs.size,
      requests.size,
      participants.size,
      annotations.size,
      faults.length,
    ],
    (a, b) => a.join() === b.join(),
  );
  const [
    messages = 0,
    shown = 0,
    runs = 0,
    requests = 0,
    participants = 0,
    annotations = 0,
    faults = 0,
  ] = counts;
  const told = [
    `${messages} ${words.messages}, ${shown} ${words.shown}`,
    `${runs} ${words.runs}`,
    `${requests} ${words.requests}`,
    `${participants} ${words.participants}`,
    `${annotations} ${words.annotations}`,
    words.faults(faults),
  ];
  return (
    <>
      <h3>{words.counts}</h3>
      <p>{told.join(' · ')}</p>
    </>
  );
}
