// The words as they come: whoever joins them has the text, of honest peers as appends
// alone, and of hostile ones with replacements where words changed elsewhere.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, seededChance } from '../../src/base/chance.ts';
import type { PartDelta } from '../../src/session/message-list.ts';
import { openSession, type Session } from '../../src/session/session.ts';
import type { View } from '../../src/session/view.ts';
import { runs } from '../support/count.ts';
import { Crowd } from '../support/crowd.ts';
import { busyCrowd, step } from '../support/deeds.ts';
import { attack } from '../support/hostile.ts';
import { Stage } from '../support/stage.ts';

/** Joins deltas to texts, by message and part. */
class Joined {
  readonly texts = new Map<string, string>();
  replaced = 0;
  appended = 0;

  readonly take = ({ message, part, delta }: PartDelta): void => {
    const key = `${message}/${part}`;
    const before = this.texts.get(key) ?? '';
    if ('append' in delta) {
      this.appended++;
      this.texts.set(key, before + delta.append);
    } else {
      this.replaced++;
      this.texts.set(key, delta.replace);
    }
  };
}

/** All words of a view were told, as they are. */
function check(joined: Joined, view: View): void {
  for (const message of view.messages) {
    for (const part of message.parts) {
      const key = `${message.id}/${part.id}`;
      if (part.type !== 'text' && part.type !== 'reasoning') continue;
      expect(joined.texts.get(key) ?? '', key).toBe(part.text);
    }
  }
}

const seeds = fc.noShrink(fc.integer({ min: 0, max: 0xfffffffe }));
const reader = (): Session => openSession(new Y.Doc(), { principal: 'reader' });

describe('followed words', () => {
  test('[S35] of honest peers arrive as appends alone, and joined they are the text', () => {
    let appended = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const crowd = new Crowd(seed);
        const joined = new Joined();
        crowd.room.follow(joined.take);
        for (let at = 0; at < 80; at++) {
          step(crowd);
          check(joined, crowd.room.view);
        }
        expect(joined.replaced).toBe(0);
        appended += joined.appended;
      }),
      runs(25, 2_000),
    );
    expect(appended).toBeGreaterThan(25);
  });

  test('[S35] of hostile peers are replaced where they did not grow at the end', () => {
    let replaced = 0;
    fc.assert(
      fc.property(seeds, (seed) => {
        const chance = seededChance(seed + 1);
        const { room } = busyCrowd(seed, 40);
        const [enemy, follower] = [new Y.Doc(), reader()];
        enemy.clientID = chance.uint32();
        const joined = new Joined();
        follower.follow(joined.take);
        Y.applyUpdate(follower.doc, Y.encodeStateAsUpdate(room.doc));
        Y.applyUpdate(enemy, Y.encodeStateAsUpdate(room.doc));
        enemy.on('update', (update) => Y.applyUpdate(follower.doc, update));
        for (let at = 0; at < 25; at++) {
          attack(enemy, chance);
          // A part that goes is not told; one that comes again under its id is, if its words differ.
          const before = new Set(keysOf(follower.view));
          for (const key of joined.texts.keys()) if (!before.has(key)) joined.texts.delete(key);
          check(joined, follower.view);
          if (below(chance, 4) === 0) void follower.view.path;
        }
        replaced += joined.replaced;
      }),
      runs(60, 5_000),
    );
    expect(replaced).toBeGreaterThan(0);
  });

  test('[S35] of a reply that goes over many segments come in order, whatever their cut', () => {
    const stage = new Stage();
    const { run, reply } = stage.ann.send('Tell me');
    stage.claim(run);
    const joined = new Joined();
    stage.ben.follow(joined.take);
    const writer = stage.begin(run);
    const text = writer.text({ id: 'p' });
    for (let token = 0; token < 900; token++) {
      text.append(`${token} 👋🏽 `);
      if (token % 7 === 0) {
        writer.flush();
        stage.sync();
      }
    }
    writer.end();
    stage.sync();
    const part = stage.ben.view.messages.get(reply ?? '')?.parts[0];
    expect(part?.type === 'text' && part.text.length).toBeGreaterThan(7_000);
    expect(joined.texts.get(`${reply}/p`)).toBe(part?.type === 'text' && part.text);
    expect(joined.appended).toBeGreaterThanOrEqual(129);
    expect(joined.replaced).toBe(0);
  });
});

function keysOf(view: View): readonly string[] {
  return [...view.messages].flatMap(({ id, parts }) => parts.map((part) => `${id}/${part.id}`));
}
