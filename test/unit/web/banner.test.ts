// The banner: one true sentence, and what threatens words before what delays them.

import { describe, expect, test } from 'vitest';
import type { SessionStatus } from '../../../src/client/handle/status.ts';
import { bannerOf } from '../../../web/shell/banner-of.ts';

const well: SessionStatus = {
  connection: { name: 'live' },
  storage: { state: 'persistent' },
  unsent: 0,
  agents: null,
  lastSyncedAt: null,
  rights: null,
  readOnly: false,
  notice: null,
};

const told = (status: Partial<SessionStatus>, isOnline = true, now = 0): unknown => {
  const banner = bannerOf({ ...well, ...status }, isOnline, now);
  return banner === null ? null : [banner.tone, banner.text, banner.action?.does ?? null];
};

describe('the banner', () => {
  test('[U10] is not there while all is well, or soon will be', () => {
    expect(told({})).toBe(null);
    expect(told({ connection: { name: 'syncing' } })).toBe(null);
    expect(told({ connection: { name: 'connecting', attempt: 1, retryAt: 9_000 } })).toBe(null);
    expect(told({ connection: { name: 'offline', why: 'not-wanted' } })).toBe(null);
  });

  test('[U10] says that there is no network, and how much is kept', () => {
    const gone = { connection: { name: 'offline', why: 'no-network' } } as const;
    expect(told(gone)).toEqual(['attention', expect.stringContaining('No network'), null]);
    expect(told({ ...gone, unsent: 1 })).toEqual([
      'attention',
      expect.stringMatching(/1 change is/),
      null,
    ]);
    expect(told({ unsent: 2 }, false)).toEqual([
      'attention',
      expect.stringMatching(/2 changes are/),
      null,
    ]);
  });

  test('[U10] says when the server is tried again', () => {
    const connection = { name: 'connecting', attempt: 3, retryAt: 4_200 } as const;
    expect(told({ connection, unsent: 1 }, true, 1_000)).toEqual([
      'attention',
      'The server cannot be reached. Next try in 4 seconds. 1 change is kept here.',
      'retry',
    ]);
    expect(told({ connection: { ...connection, retryAt: null } })).toEqual([
      'attention',
      expect.stringContaining('Trying again'),
      'retry',
    ]);
  });

  test('[U10] says that the sign-in ended, before anything else', () => {
    const storage = { state: 'failed', why: 'full' } as const;
    const notice = { code: 'token', sentence: 'x' } as const;
    expect(told({ notice, storage, readOnly: true })).toEqual([
      'danger',
      expect.any(String),
      'sign-in',
    ]);
    const connection = { name: 'refused', reason: { code: 'token', sentence: 'x' } } as const;
    expect(told({ connection })).toEqual(['danger', expect.any(String), 'sign-in']);
  });

  test('[U10] says that nothing is stored', () => {
    expect(
      told({ storage: { state: 'failed', why: 'The disk is full.' }, readOnly: true }),
    ).toEqual(['danger', expect.stringContaining('The disk is full.'), 'storage']);
  });

  test('[U10] says why the server does not take part, and what happened', () => {
    const connection = {
      name: 'refused',
      reason: { code: 'rights', sentence: 'Not yours.' },
    } as const;
    expect(told({ connection })).toEqual(['danger', 'Not yours.', 'retry']);
    const notice = { code: 'recovered', sentence: 'One write was refused.' } as const;
    expect(told({ notice })).toEqual(['attention', 'One write was refused.', 'dismiss']);
  });

  test('[U10] says calmly that one may only read', () => {
    expect(told({ readOnly: true })).toEqual(['calm', expect.any(String), 'fork']);
  });
});
