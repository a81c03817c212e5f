// The published cases, with the stock provider of y-websocket, unchanged, against our own server by
// the real clock. One of them waits 35 s, because a stock client loses patience after 30: they run
// side by side, so that nothing else waits for it.

import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import type { Claims } from '../../../../src/protocol/token.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import {
  type ConformanceOptions,
  type ConformanceRole,
  serverCases,
} from '../../../../src/conformance/server-cases.ts';
import { ConformanceFailure } from '../../../../src/conformance/stock.ts';
import { sharedSync } from '../../../support/sync-stage.ts';

const claims: Readonly<Record<ConformanceRole, Partial<Claims>>> = {
  owner: { sub: 'ann' },
  other: { sub: 'bob' },
  reader: { sub: 'eve', rights: ['read'] },
  guest: { sub: 'guest', rights: ['read', 'write'] },
};

const provider: ConformanceOptions['provider'] = (url, session, doc, token) => {
  const made = new WebsocketProvider(url, session, doc, {
    disableBc: true,
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    params: { token },
  });
  return Object.assign(made, {
    destroy: () => {
      WebsocketProvider.prototype.destroy.call(made);
      made.awareness.destroy();
    },
  });
};

const names = serverCases({
  url: '',
  token: () => Promise.resolve(''),
  provider,
  deleteSession: () => Promise.resolve(),
}).map(({ name }) => name);

describe('our server', () => {
  const shared = sharedSync({ clock: systemClock });

  test.concurrent.each(names)('[W174] %s', async (name) => {
    const stage = shared();
    const cases = serverCases({
      url: stage.url,
      token: (role) => stage.token(claims[role].sub ?? '', claims[role]),
      provider,
      deleteSession: async (session) => {
        await stage.server.rooms.delete(session);
      },
    });
    await expect(cases.find((one) => one.name === name)?.run()).resolves.toBeUndefined();
  });
});

test('[W174] a server that is not there does nothing of it, and each case says so', async () => {
  const cases = serverCases({
    url: 'http://127.0.0.1:1',
    token: () => Promise.resolve('x.y.z'),
    provider,
    deleteSession: () => Promise.resolve(),
    patienceMs: 20,
    idleMs: 20,
  });
  const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ConformanceFailure) });
  }
});
