// Renders in pieces, and changes that come between the pieces.

import { SessionProvider, useMessages, useView } from 'holdfast/react';
import {
  createElement,
  type FunctionComponent,
  startTransition,
  useEffect,
  useLayoutEffect,
  useState,
} from 'react';
import { LocalClient } from '../../../../support/local-client.ts';
import { longSession } from '../../../../support/streaming.ts';
import { Screen, until } from './screen.ts';

const ROWS = 40;
const ROW_MS = 4;

/** Slow enough that React stops between two rows. */
const SlowRow: FunctionComponent<{ slow: boolean }> = ({ slow }) => {
  const size = useView((view) => view.messages.size);
  if (slow) waste(ROW_MS);
  return createElement('span', { className: 'row' }, `${size}`);
};

function waste(ms: number): void {
  const begun = performance.now();
  while (performance.now() - begun < ms);
}

/** What each commit showed, one value a row. */
const commits: string[][] = [];
let showRows: (() => void) | undefined;

const Rows: FunctionComponent = () => {
  const [isShown, setShown] = useState(false);
  const messages = useMessages().length;
  useEffect(() => {
    showRows = () => startTransition(() => setShown(true));
  }, []);
  useLayoutEffect(() => {
    const rows = [...document.querySelectorAll('.row')];
    commits.push([`${messages}`, ...rows.map((row) => row.textContent)]);
  });
  if (!isShown) return null;
  return Array.from({ length: ROWS }, (_, at) =>
    createElement(SlowRow, { key: at, slow: messages < 5 }),
  );
};

/** A transition that takes many pieces, while messages come and frames pass. */
export async function renderInPieces(): Promise<{
  mixed: readonly (readonly string[])[];
  interrupted: number;
  last: readonly string[];
}> {
  const client = new LocalClient();
  const { session } = client.put(longSession(3));
  const screen = new Screen();
  screen.show(client, createElement(SessionProvider, { id: session.id }, createElement(Rows)));
  showRows?.();
  let interrupted = 0;
  const write = async (): Promise<void> => {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    if (document.querySelector('.row') === null) interrupted++;
    session.send('while it renders', { agent: null });
    screen.frames.next();
  };
  await write();
  await write();
  await until(() => document.querySelectorAll('.row').length === ROWS);
  await write();
  await screen.frame();
  const mixed = commits.filter((values) => new Set(values).size > 1);
  const last = [...new Set(commits.at(-1))];
  screen.remove();
  return { mixed, interrupted, last };
}
