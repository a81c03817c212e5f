// How long a session is open that components ask for, with no React around it.

import { describe, expect, test } from 'vitest';
import { Frames } from '../../../src/react/frames.ts';
import { Openings, unheldMs } from '../../../src/react/opening.ts';
import { HandFrames } from '../../support/hand-frames.ts';
import { LocalClient, type LocalHandle } from '../../support/local-client.ts';
import { longSession } from '../../support/streaming.ts';

interface Stage {
  readonly platform: HandFrames;
  readonly openings: Openings;
  readonly handle: LocalHandle;
  readonly id: string;
}

function stage(isReady = true): Stage {
  const platform = new HandFrames();
  const client = new LocalClient();
  const handle = client.put(longSession(1), { isReady });
  const openings = new Openings(client, new Frames(platform));
  return { platform, openings, handle, id: handle.id };
}

describe('an opened session', () => {
  test('[C83] is one, however often it is asked for', () => {
    const { openings, handle, id } = stage();
    const opening = openings.get(id);
    expect(openings.get(id)).toBe(opening);
    expect(handle.opened).toBe(1);
  });

  test('[C83] closes by itself where the render that asked was thrown away', () => {
    const { platform, openings, handle, id } = stage();
    openings.get(id);
    platform.clock.advance(unheldMs - 1);
    expect(handle.opened).toBe(1);
    openings.get(id);
    platform.clock.advance(unheldMs - 1);
    expect(handle.opened).toBe(1);
    platform.clock.advance(1);
    expect(handle.opened).toBe(0);
  });

  test('[C83] stays while somebody holds it, and a while longer', () => {
    const { platform, openings, handle, id } = stage();
    const opening = openings.get(id);
    const [one, other] = [opening.hold(), opening.hold()];
    one();
    one();
    openings.get(id);
    platform.clock.advance(unheldMs * 2);
    expect(handle.opened).toBe(1);
    other();
    const again = opening.hold();
    platform.clock.advance(unheldMs * 2);
    expect(handle.opened).toBe(1);
    again();
    platform.clock.advance(unheldMs);
    expect(handle.opened).toBe(0);
    expect(opening.isClosed).toBe(true);
  });

  test('is opened anew after it was closed', () => {
    const { platform, openings, handle, id } = stage();
    const opening = openings.get(id);
    platform.clock.advance(unheldMs);
    expect(openings.get(id)).not.toBe(opening);
    expect(handle.opened).toBe(1);
  });

  test('that was closed under a slow render takes nothing from the one after it', () => {
    const { platform, openings, handle, id } = stage();
    const slow = openings.get(id);
    platform.clock.advance(unheldMs);
    const leave = slow.hold();
    const next = openings.get(id);
    next.hold();
    leave();
    platform.clock.advance(unheldMs);
    expect(slow.isClosed).toBe(true);
    expect(openings.get(id)).toBe(next);
    expect(handle.opened).toBe(1);
  });

  test('says when it was read', async () => {
    const { openings, handle, id } = stage(false);
    const opening = openings.get(id);
    expect(opening.isReady.read()).toBe(false);
    handle.becomeReady();
    await opening.ready;
    expect(opening.isReady.read()).toBe(true);
  });
});
