// The states of a connection as a table, without any socket.

import { describe, expect, test } from 'vitest';
import { defined } from '../../../../src/base/assert.ts';
import {
  type ConnectionEvent,
  type Course,
  shownState,
  type Stage,
  stepConnection,
  transitions,
} from '../../../../src/client/connection/connection-state.ts';
import { refusalOf, tokenRefusal } from '../../../../src/client/connection/refusal.ts';

const fresh: Course = { attempt: 0, isRenewed: false, hasNetwork: true };
const worn: Course = { attempt: 4, isRenewed: true, hasNetwork: true };

const stages: Readonly<Record<string, Stage>> = {
  'not wanted': { name: 'offline', why: 'not-wanted', course: fresh },
  closed: { name: 'offline', why: 'closed', course: fresh },
  unplugged: { name: 'offline', why: 'no-network', course: { ...worn, hasNetwork: false } },
  waiting: { name: 'waiting', course: worn },
  fetching: { name: 'fetching', course: fresh },
  opening: { name: 'opening', course: fresh },
  syncing: { name: 'syncing', course: fresh, isReady: false, isSynced: false },
  'almost live': { name: 'syncing', course: fresh, isReady: true, isSynced: false },
  live: { name: 'live', course: fresh },
  'live with its second token': { name: 'live', course: worn },
  refused: { name: 'refused', reason: tokenRefusal, course: fresh },
};

const events: Readonly<Record<string, ConnectionEvent>> = {
  connect: { type: 'connect', hasNetwork: true },
  disconnect: { type: 'disconnect' },
  close: { type: 'close' },
  token: { type: 'token' },
  'token failed': { type: 'token-failed' },
  'token refused': { type: 'token-refused' },
  'token ended': { type: 'token-ended' },
  opened: { type: 'opened' },
  ready: { type: 'ready' },
  synced: { type: 'synced' },
  stranger: { type: 'stranger' },
  'ended 1006': { type: 'ended', code: 1006 },
  'ended 4401': { type: 'ended', code: 4401 },
  'ended 4404': { type: 'ended', code: 4404 },
  'ended 4503': { type: 'ended', code: 4503 },
  lost: { type: 'lost' },
  late: { type: 'late' },
  woken: { type: 'woken', isStale: false, hasNetwork: true },
  'woken late': { type: 'woken', isStale: true, hasNetwork: true },
  unplugged: { type: 'unplugged' },
};

/** Where an event leads, and what is done; what is not named stays and does nothing. */
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'not wanted': {
    connect: 'fetching: fetch-token, term token',
    disconnect: 'offline not-wanted',
    close: 'offline closed',
  },
  closed: {},
  unplugged: {
    connect: 'fetching: fetch-token, term token',
    disconnect: 'offline not-wanted',
    close: 'offline closed',
    late: 'fetching: fetch-token, term token',
    woken: 'fetching: fetch-token, term token',
    'woken late': 'fetching: fetch-token, term token',
  },
  waiting: {
    connect: 'fetching: fetch-token, term token',
    disconnect: 'offline not-wanted',
    close: 'offline closed',
    late: 'fetching: fetch-token, term token',
    woken: 'fetching: fetch-token, term token',
    'woken late': 'fetching: fetch-token, term token',
    unplugged: 'offline no-network: term slow-retry',
  },
  fetching: {
    disconnect: 'offline not-wanted',
    close: 'offline closed',
    token: 'opening: open, term opening',
    'token failed': 'waiting: term retry',
    'token refused': 'refused token',
    late: 'waiting: term retry',
    'woken late': 'fetching: fetch-token, term token',
  },
  opening: {
    disconnect: 'offline not-wanted: drop',
    close: 'offline closed: drop',
    opened: 'syncing: hello, term syncing',
    'ended 1006': 'waiting: term retry',
    'ended 4401': 'fetching: fetch-token, term token',
    'ended 4404': 'refused no-session',
    'ended 4503': 'waiting: term retry',
    lost: 'waiting: drop, term retry',
    late: 'waiting: drop, term retry',
    'woken late': 'fetching: drop, fetch-token, term token',
  },
  syncing: {
    disconnect: 'offline not-wanted: drop',
    close: 'offline closed: drop',
    'token ended': 'fetching: drop, fetch-token, term token',
    stranger: 'refused token: drop',
    'ended 1006': 'waiting: term retry',
    'ended 4401': 'fetching: fetch-token, term token',
    'ended 4404': 'refused no-session',
    'ended 4503': 'waiting: term retry',
    lost: 'waiting: drop, term retry',
    late: 'waiting: drop, term retry',
    woken: 'syncing: probe',
    'woken late': 'syncing: probe',
  },
};
const rows: typeof table = {
  ...table,
  'almost live': { ...table['syncing'], synced: 'live: term steady' },
  live: {
    ...table['syncing'],
    late: 'live',
    woken: 'live: probe',
    'woken late': 'live: probe',
    unplugged: 'live: probe',
  },
  'live with its second token': {
    ...table['syncing'],
    'token ended': 'refused token: drop',
    'ended 4401': 'refused token',
    late: 'live',
    woken: 'live: probe',
    'woken late': 'live: probe',
    unplugged: 'live: probe',
  },
  refused: {
    connect: 'fetching: fetch-token, term token',
    disconnect: 'offline not-wanted',
    close: 'offline closed',
  },
};

function nameOf(stage: Stage): string {
  if (stage.name === 'offline') return `offline ${stage.why}`;
  return stage.name === 'refused' ? `refused ${stage.reason.code}` : stage.name;
}

function told(stage: Stage, event: ConnectionEvent): string {
  const step = stepConnection(stage, event);
  const effects = step.effects.map((one) => (one.type === 'term' ? `term ${one.term}` : one.type));
  return nameOf(step.stage) + (effects.length > 0 ? `: ${effects.join(', ')}` : '');
}

const expectedOf = (stage: string, event: string): string =>
  rows[stage]?.[event] ?? nameOf(defined(stages[stage], stage));

const stageOf = (name: string): Stage => defined(stages[name], name);
const eventOf = (name: string): ConnectionEvent => defined(events[name], name);
const courseAfter = (stage: string, event: string): Course =>
  stepConnection(stageOf(stage), eventOf(event)).stage.course;

describe('the states of a connection', () => {
  test('[C10] every state answers every event, as the table says', () => {
    const seen = new Set<string>();
    for (const [stageName, stage] of Object.entries(stages)) {
      for (const [eventName, event] of Object.entries(events)) {
        const where = `${stageName} + ${eventName}`;
        expect(`${where} -> ${told(stage, event)}`).toBe(
          `${where} -> ${expectedOf(stageName, eventName)}`,
        );
        seen.add(`${stage.name} ${event.type}`);
      }
    }
    const all = Object.entries(transitions).flatMap(([name, row]) =>
      Object.keys(row).map((type) => `${name} ${type}`),
    );
    expect([...seen].sort()).toEqual(all.sort());
  });

  test('[C12] every final code is a refusal with its reason, every other is retried', () => {
    const codes = [4400, 4403, 4404, 4409, 4413, 4426, 4499].map((code) => refusalOf(code).code);
    expect(codes).toEqual([
      'protocol',
      'rights',
      'no-session',
      'generation',
      'too-large',
      'protocol',
      'protocol',
    ]);
    for (const code of [1000, 1001, 1005, 1006, 1011, 4399, 4500, 4503, 4529]) {
      const { stage } = stepConnection(stageOf('live'), { type: 'ended', code });
      expect([code, stage.name]).toEqual([code, 'waiting']);
    }
  });

  test('failures are counted until a connection was good for a while, or the device wakes', () => {
    expect(courseAfter('opening', 'ended 1006').attempt).toBe(1);
    expect(courseAfter('live with its second token', 'lost').attempt).toBe(5);
    expect(courseAfter('live with its second token', 'late')).toEqual(fresh);
    expect(courseAfter('waiting', 'woken').attempt).toBe(0);
    expect(courseAfter('waiting', 'late').attempt).toBe(4);
    expect(courseAfter('live with its second token', 'woken').attempt).toBe(0);
  });

  test('[C12] one new token is tried, and another one after a failure of another kind', () => {
    expect(courseAfter('live', 'ended 4401')).toEqual({ ...fresh, isRenewed: true });
    expect(courseAfter('live with its second token', 'ended 1006').isRenewed).toBe(false);
  });

  test('[C18] without a network it is offline, and still tries now and then', () => {
    const unplugged = stepConnection(stageOf('live'), { type: 'unplugged' }).stage;
    expect(unplugged.name).toBe('live');
    const lost = stepConnection(unplugged, { type: 'lost' });
    expect(shownState(lost.stage, 5)).toEqual({ name: 'offline', why: 'no-network' });
    const tried = stepConnection(lost.stage, { type: 'late' }).stage;
    expect(tried.name).toBe('fetching');
    expect(shownState(tried, null)).toEqual({ name: 'offline', why: 'no-network' });
  });

  test('what an app sees', () => {
    const shown = (name: string): unknown => shownState(stageOf(name), 7);
    expect(shown('waiting')).toEqual({ name: 'connecting', attempt: 4, retryAt: 7 });
    expect(shown('almost live')).toEqual({ name: 'syncing' });
    expect(shown('refused')).toEqual({ name: 'refused', reason: tokenRefusal });
    expect(shown('closed')).toEqual({ name: 'offline', why: 'closed' });
  });

  test('a closed one stays closed', () => {
    for (const event of Object.values(events)) {
      const step = stepConnection(stageOf('closed'), event);
      expect(step.effects).toEqual([]);
      expect(nameOf(step.stage)).toBe('offline closed');
    }
  });
});
