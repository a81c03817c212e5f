import { describe, expect, test } from 'vitest';
import {
  linkAfter,
  type LinkEvent,
  type LinkState,
} from '../../../../src/client/library/link-state.ts';

const reason = { code: 'token', sentence: 'Sign in.' } as const;
const states: readonly LinkState[] = [
  { name: 'offline', why: 'not-wanted' },
  { name: 'offline', why: 'closed' },
  { name: 'offline', why: 'no-network', attempt: 2, retryAt: 7 },
  { name: 'connecting', attempt: 2, retryAt: null },
  { name: 'connecting', attempt: 2, retryAt: 7 },
  { name: 'syncing', attempt: 2 },
  { name: 'live', attempt: 2 },
  { name: 'refused', reason },
];
const events: readonly LinkEvent[] = [
  { type: 'wanted' },
  { type: 'unwanted' },
  { type: 'closed' },
  { type: 'dialled' },
  { type: 'opened' },
  { type: 'ready' },
  { type: 'steady' },
  { type: 'lost', retryAt: 9, hasNetwork: true },
  { type: 'lost', retryAt: 9, hasNetwork: false },
  { type: 'refused', reason },
];

const shown = (state: LinkState): string => {
  if (state.name === 'offline') return state.why;
  if (state.name !== 'connecting') return state.name;
  return state.retryAt === null ? 'trying' : 'waiting';
};

describe('the table of the connection', () => {
  test('answers every event in every state', () => {
    const table = states.map((state) =>
      events.map((event) => shown(linkAfter(state, event))).join(' '),
    );
    expect(table).toEqual([
      'trying not-wanted closed not-wanted not-wanted not-wanted not-wanted not-wanted not-wanted not-wanted',
      'closed closed closed closed closed closed closed closed closed closed',
      'no-network not-wanted closed trying no-network no-network no-network no-network no-network no-network',
      'trying not-wanted closed trying syncing trying trying waiting no-network refused',
      'waiting not-wanted closed trying syncing waiting waiting waiting no-network refused',
      'syncing not-wanted closed syncing syncing live syncing waiting no-network refused',
      'live not-wanted closed live live live live waiting no-network refused',
      'trying not-wanted closed refused refused refused refused refused refused refused',
    ]);
  });

  test('counts failures until a connection has held', () => {
    const lost = { type: 'lost', retryAt: 9, hasNetwork: true } as const;
    const live = { name: 'live', attempt: 2 } as const;
    expect(linkAfter(live, lost)).toEqual({ name: 'connecting', attempt: 3, retryAt: 9 });
    const steady = linkAfter(live, { type: 'steady' });
    expect(linkAfter(steady, lost)).toMatchObject({ attempt: 1 });
  });
});
