import { beforeEach, describe, expect, test } from 'vitest';
import { Presence, type Speaker } from '../../../../server/room/presence.ts';
import {
  type AwarenessEntry,
  decodeAwareness,
  encodeAwareness,
} from '../../../../src/protocol/awareness.ts';
import { decodeFrame } from '../../../../src/protocol/frame.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import { ByteWriter } from '../../../../src/protocol/byte-writer.ts';

const speaker = (id: string, mayWrite = true): Speaker => ({
  identity: { id, name: `${id}'s name`, kind: 'person' },
  mayWrite,
});

let presence: Presence;
beforeEach(() => {
  presence = new Presence((client) => (client === 99 ? 'owner' : undefined));
});

const say = (of: Speaker, client: number, clock: number, state: AwarenessEntry['state']) =>
  presence.hear(of, encodeAwareness([{ client, clock, state }]));

/** What a frame says, with every entry on one line. */
function said(frame: Uint8Array | undefined): readonly string[] {
  if (frame === undefined) return [];
  const decoded = decodeFrame(frame);
  if (!decoded.ok || decoded.frame.type !== 'awareness') throw new Error('no awareness');
  const read = decodeAwareness(decoded.frame.entries);
  if (!read.ok) throw new Error(read.rule);
  return read.entries.map(
    ({ client, clock, state }) => `${client}@${clock} ${JSON.stringify(state)}`,
  );
}

const changes = (): readonly string[] => said(presence.flush());
const everybody = (): readonly string[] => said(presence.everybody());

describe('who is here', () => {
  test('[W161] it is told once a turn, stamped with who the connection is', () => {
    const ann = speaker('ann');
    say(ann, 1, 1, { cursor: 3, principal: 'bob', name: 'Bob', kind: 'agent' });
    say(ann, 1, 2, { cursor: 4, user: { name: 'Bob' } });
    expect(presence.isChanged).toBe(true);
    const stamped = '"principal":"ann","name":"ann\'s name","kind":"person"';
    expect(changes()).toEqual([`1@2 {"cursor":4,"user":{"name":"Bob"},${stamped}}`]);
    expect(presence.isChanged).toBe(false);
    expect(presence.flush()).toBeUndefined();
    expect(everybody()).toEqual([`1@2 {"cursor":4,"user":{"name":"Bob"},${stamped}}`]);
  });

  test('[W162] of somebody who may only read it is told that they are here, and not more', () => {
    say(speaker('ann', false), 1, 1, { cursor: 3 });
    expect(changes()).toEqual(['1@1 {"principal":"ann","name":"ann\'s name","kind":"person"}']);
  });

  test('[W161] [F40] what somebody says of others is dropped', () => {
    const [ann, bob] = [speaker('ann'), speaker('bob')];
    say(ann, 1, 1, { a: 1 });
    say(bob, 2, 1, { b: 1 });
    changes();
    // Echoes, as a stock client sends of all it hears, and lies.
    presence.hear(
      bob,
      encodeAwareness([
        { client: 1, clock: 1, state: { a: 1 } },
        { client: 2, clock: 2, state: { b: 2 } },
        { client: 3, clock: 1, state: { c: 1 } },
      ]),
    );
    say(bob, 1, 100, { a: 'stolen' });
    say(bob, 1, 101, null);
    expect(changes()).toHaveLength(1);
    expect(everybody().map((line) => line.slice(0, 5))).toEqual(['1@1 {', '2@2 {']);
  });

  test('[W161] a client that is nobody else for sure is not taken by another', () => {
    const [ann, bob, owner] = [speaker('ann'), speaker('bob'), speaker('owner')];
    say(ann, 1, 5, { a: 1 });
    presence.leave(ann);
    changes();
    say(bob, 1, 100, { a: 'stolen' });
    expect(changes()).toEqual([]);
    say(bob, 99, 100, { a: 'stolen' });
    expect(changes()).toEqual([]);
    say(owner, 99, 1, { a: 'mine' });
    expect(changes()).toHaveLength(1);
    say(speaker('ann'), 1, 5, { a: 2 });
    expect(changes()[0]).toMatch(/^1@7 {"a":2/);
  });

  test('[W161] leaving is told with a clock above what was said', () => {
    const ann = speaker('ann');
    say(ann, 1, 5, { a: 1 });
    changes();
    presence.leave(ann);
    presence.leave(ann);
    expect(changes()).toEqual(['1@6 null']);
    expect(presence.everybody()).toBeUndefined();
  });

  test('[W161] who says goodbye is gone and may come back', () => {
    const ann = speaker('ann');
    say(ann, 1, 5, { a: 1 });
    say(ann, 1, 6, null);
    expect(changes()).toEqual(['1@6 null']);
    say(ann, 1, 6, { a: 2 });
    expect(changes()[0]).toMatch(/^1@7 {"a":2/);
    say(ann, 2, 1, { a: 3 });
    expect(changes()).toEqual([]);
  });

  test('[F2] [W161] who dials anew is seen, and the end of the old connection does not hide them', () => {
    const [old, next] = [speaker('ann'), speaker('ann')];
    say(old, 1, 5, { at: 'old' });
    changes();
    say(next, 1, 5, { at: 'same clock' });
    expect(changes()).toEqual([]);
    say(next, 1, 6, { at: 'new' });
    expect(changes()[0]).toMatch(/^1@6 {"at":"new"/);
    presence.leave(old);
    expect(changes()).toEqual([]);
    expect(everybody()).toHaveLength(1);
    presence.leave(next);
    expect(changes()).toEqual(['1@7 null']);
  });

  test('[W161] old news is dropped', () => {
    const ann = speaker('ann');
    say(ann, 1, 5, { a: 5 });
    say(ann, 1, 4, { a: 4 });
    say(ann, 1, 5, { a: 'again' });
    expect(changes()[0]).toMatch(/^1@5 {"a":5/);
  });

  test('[W166] another name or right is stamped anew', () => {
    const ann = { ...speaker('ann') };
    say(ann, 1, 5, { cursor: 1 });
    changes();
    Object.assign(ann, { mayWrite: false });
    presence.restamp(ann);
    expect(changes()).toEqual(['1@6 {"principal":"ann","name":"ann\'s name","kind":"person"}']);
    presence.restamp(speaker('nobody'));
    expect(changes()).toEqual([]);
  });

  test('[W161] what comes back of that from the one it is about goes round no further', () => {
    const ann = speaker('ann');
    say(ann, 1, 5, { cursor: 1 });
    presence.restamp(ann);
    changes();
    const stamp = { principal: 'ann', name: "ann's name", kind: 'person' };
    say(ann, 1, 6, { cursor: 1, ...stamp });
    expect(changes()).toEqual([]);
    // What changes meanwhile does.
    say(ann, 1, 6, { cursor: 2, ...stamp });
    expect(changes()).toEqual([]);
    presence.restamp(ann);
    say(ann, 1, 7, { cursor: 3, ...stamp });
    expect(changes()[0]).toMatch(/^1@8 {"cursor":3/);
  });
});

describe('a flood', () => {
  test('[F40] [W161] of clients: one is taken, and only its own JSON is read', () => {
    const ann = speaker('ann');
    const many = Array.from({ length: limits.awarenessClientsMax }, (_, at) => ({
      client: at + 1,
      clock: 1,
      state: {},
    }));
    expect(presence.hear(ann, encodeAwareness(many))).toBeUndefined();
    expect(changes()).toHaveLength(1);
    const tooMany = [...many, { client: 5_000, clock: 1, state: {} }];
    expect(presence.hear(ann, encodeAwareness(tooMany))).toMatchObject({ rule: 'client-count' });
    const notJson = new ByteWriter();
    notJson.varUint(1);
    notJson.varUint(77);
    notJson.varUint(1);
    notJson.text('{'.repeat(100));
    // Nobody wants it: its outside is judged alone.
    expect(presence.hear(ann, notJson.finish())).toBeUndefined();
  });

  test('[F40] [W161] of clocks: one beyond its range is refused, and mutes nobody', () => {
    const [ann, bob] = [speaker('ann'), speaker('bob')];
    say(ann, 1, 1, { a: 1 });
    changes();
    expect(say(bob, 1, 2 ** 53 - 1, { a: 2 })).toMatchObject({ rule: 'clock' });
    expect(say(bob, 1, 2 ** 31, { a: 2 })).toMatchObject({ rule: 'clock' });
    expect(say(bob, 1, 2 ** 31 - 1, { a: 2 })).toBeUndefined();
    say(ann, 1, 2, { a: 3 });
    expect(changes()[0]).toMatch(/^1@2 {"a":3/);
  });

  test('[F40] [W161] of states that are none, or too large', () => {
    const ann = speaker('ann');
    const raw = (json: string): Uint8Array => {
      const out = new ByteWriter();
      out.varUint(1);
      out.varUint(1);
      out.varUint(1);
      out.text(json);
      return out.finish();
    };
    expect(presence.hear(ann, raw('[]'))).toMatchObject({ rule: 'json-shape' });
    expect(presence.hear(ann, raw('{"__proto__":{}}'))).toMatchObject({ ok: false });
    expect(presence.hear(ann, raw(`{"a":"${'x'.repeat(4_096)}"}`))).toMatchObject({
      rule: 'frame-bytes',
    });
    expect(presence.everybody()).toBeUndefined();
  });

  test('[F40] [W161] of people who come and go: those who left are forgotten in the end', () => {
    const first = speaker('first');
    say(first, 1, 1, {});
    presence.leave(first);
    for (let at = 2; at <= 10_002; at++) {
      const one = speaker(`p${at}`);
      say(one, at, 1, {});
      presence.leave(one);
    }
    presence.flush();
    say(speaker('bob'), 1, 1, {});
    expect(changes()).toHaveLength(1);
    say(speaker('bob'), 10_002, 1, {});
    expect(changes()).toEqual([]);
  });
});
