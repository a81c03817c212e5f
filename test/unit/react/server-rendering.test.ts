// The hooks on a server: with React 19's renderer, and with every browser global a trap.

import { createElement, type FunctionComponent } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test, vi } from 'vitest';
import { LocalClient } from '../../support/local-client.ts';
import { longSession } from '../../support/streaming.ts';

const browserGlobals = [
  'window',
  'document',
  'requestAnimationFrame',
  'indexedDB',
  'localStorage',
  'BroadcastChannel',
  'WebSocket',
  'navigator',
  'location',
];

/** Which browser globals were looked at while it ran. */
async function touched(act: () => Promise<void>): Promise<readonly string[]> {
  const seen: string[] = [];
  const before = browserGlobals.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
  for (const name of browserGlobals) {
    const get = (): undefined => void seen.push(name);
    Object.defineProperty(globalThis, name, { get, configurable: true });
  }
  try {
    await act();
  } finally {
    for (const [at, name] of browserGlobals.entries()) {
      Reflect.deleteProperty(globalThis, name);
      const descriptor = before[at];
      if (descriptor !== undefined) Object.defineProperty(globalThis, name, descriptor);
    }
  }
  return seen;
}

type Hooks = typeof import('holdfast/react');

/** A component that shows something of every hook. */
function everything(hooks: Hooks, session: string): FunctionComponent {
  return () => {
    const { isReady, meta } = hooks.useSession(session);
    const ids = hooks.useMessages();
    const first = hooks.useMessage(ids[0] ?? 'none');
    const part = hooks.usePart(ids[0] ?? 'none', 0);
    const { count } = hooks.useBranches(ids[0] ?? 'none');
    const { text, active } = hooks.useComposer();
    const { connection, unsent } = hooks.useSessionStatus();
    const shown = {
      isReady,
      title: meta.title,
      messages: ids.length,
      first: first?.id ?? null,
      part: part?.type ?? null,
      count,
      text,
      active: active.length,
      connection: connection.name,
      unsent,
      run: hooks.useRun(undefined) ?? null,
      requests: hooks.useRequests('none').length,
      participants: hooks.useParticipants().length,
      saved: hooks.useSaved('none') ?? null,
      notice: hooks.useStatus().notice,
      entries: hooks.useLibrary().entries.length,
      faults: hooks.useView((view) => view.faults.length),
    };
    return createElement('pre', null, JSON.stringify(shown));
  };
}

describe('on a server', () => {
  test('[C86] importing and rendering touches no browser global, and shows what is there before anything is', async () => {
    let html = '';
    const client = new LocalClient();
    const { id } = client.put(longSession(3));
    const seen = await touched(async () => {
      vi.resetModules();
      const hooks = await import('holdfast/react');
      const page = createElement(everything(hooks, id));
      const session = createElement(hooks.SessionProvider, { id }, page);
      html = renderToString(createElement(hooks.HoldfastProvider, { client }, session));
    });
    expect(seen).toEqual([]);
    const shown: unknown = JSON.parse(html.replace(/<[^>]+>/g, '').replaceAll('&quot;', '"'));
    const nothing = { first: null, part: null, run: null, saved: null, notice: null };
    const none = { messages: 0, count: 0, active: 0, requests: 0, participants: 0, entries: 0 };
    const blank = { isReady: false, title: '', text: '', connection: 'offline', unsent: 0 };
    expect(shown).toEqual({ ...nothing, ...none, ...blank, faults: 0 });
  });

  test('a hook in the wrong place says what is missing', async () => {
    const hooks = await import('holdfast/react');
    const inProvider = (hook: () => unknown): string => {
      const use: FunctionComponent = () => JSON.stringify(hook());
      const client = new LocalClient();
      return renderToString(createElement(hooks.HoldfastProvider, { client }, createElement(use)));
    };
    expect(() => renderToString(createElement(() => JSON.stringify(hooks.useStatus())))).toThrow(
      /HoldfastProvider/,
    );
    expect(() => inProvider(() => hooks.useMessages())).toThrow(/SessionProvider/);
  });
});
