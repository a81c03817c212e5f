// A session that fills up: it warns, refuses new words, and leaves the ways out open.

import { describe, expect, test } from 'vitest';
import type { BudgetLimits } from '../../../src/session/budget.ts';
import { limits } from '../../../src/session/limits.ts';
import type { Session } from '../../../src/session/session.ts';
import { bytesOf, held, peerOf, stage } from '../../support/peers.ts';

const full = expect.objectContaining({ code: 'session-full' });

const bytes: BudgetLimits = { bytesMax: 20_000, structsMax: 1_000_000 };

const warned = (session: Session): boolean => session.faults.some(({ code }) => code === 'budget');

/** Sends prompts until no more are taken. Returns the share of the budget at each step, before it. */
function fill(session: Session, used: () => number) {
  const steps: { readonly used: number; readonly warned: boolean }[] = [];
  try {
    for (;;) {
      steps.push({ used: used(), warned: warned(session) });
      session.send('x'.repeat(100), { agent: null });
    }
  } catch (error) {
    return { steps, error };
  }
}

const structsOf = ({ doc }: Session): number =>
  [...doc.store.clients.values()].reduce((sum, structs) => sum + structs.length, 0);

describe('a session that fills up', () => {
  test('[S5] by bytes warns at 80% and refuses words at 100%', () => {
    const { session } = stage({ budget: bytes });
    const { steps, error } = fill(session, () => bytesOf(session.doc) / bytes.bytesMax);
    expect(error).toEqual(full);
    expect(steps.at(-1)?.used).toBeGreaterThanOrEqual(1);
    expect(steps.at(-2)?.used).toBeLessThan(1);
    // Between two measurements the session may be taken for fuller by 2%, never for emptier.
    for (const { used, warned: told } of steps) {
      expect([used, told]).toEqual([used, used >= 0.8 || (told && used > 0.78)]);
    }
    expect(steps.filter((one) => !one.warned).length).toBeGreaterThan(50);
  });

  test('[S5] by structs warns at 80% and refuses words at 100%', () => {
    const structsMax = 200;
    const { session } = stage({ budget: { bytesMax: 1_000_000, structsMax } });
    // Each under a key of its own: neighbours in one list would be merged.
    const steps: (readonly [number, boolean])[] = [];
    const rename = (at: number): void => {
      steps.push([structsOf(session) / structsMax, warned(session)]);
      session.annotate({ kind: 'message', message }, `n${at}`, { score: at });
    };
    const { message } = session.send('Hello', { agent: null });
    expect(() => {
      for (let at = 0; at < 1_000; at++) rename(at);
    }).toThrow(full);
    expect(steps.at(-1)?.[0]).toBeGreaterThanOrEqual(1);
    expect(steps.at(-2)?.[0]).toBeLessThan(1);
    for (const [used, told] of steps) expect([used, told]).toEqual([used, used >= 0.8]);
  });

  test('[S5] has 20 MiB and 200,000 structs where nothing else is said', () => {
    expect(limits.sessionStructsMax).toBe(200_000);
    const { session } = stage();
    const send = (times: number): void => {
      for (let at = 0; at < times; at++) {
        session.send('x'.repeat(limits.promptBytesMax - 200), { agent: null });
      }
    };
    const mebibytes = (): number => bytesOf(session.doc) / 1024 / 1024;
    send(83);
    expect([mebibytes() < 15.6, warned(session)]).toEqual([true, false]);
    send(4);
    expect([mebibytes() > 16, warned(session)]).toEqual([true, true]);
    expect(() => send(25)).toThrow(full);
    expect(mebibytes()).toBeGreaterThanOrEqual(20);
    expect(mebibytes()).toBeLessThan(20.2);
  });
});

describe('a session that is full', () => {
  const structsMax = 1_000_000;

  /** A session in which the budget is used up, with a run that is held and one that waits. */
  function fullScene() {
    // The budget is that of the holder's peer: whoever writes is who must be refused.
    const scene = stage();
    const first = held(scene);
    const text = first.writer.text({ id: 't1' });
    text.append('before');
    first.writer.flush();
    const waiting = scene.session.send('Later', { agent: 'writer' });
    const bytesMax = bytesOf(scene.session.doc);
    const budget = { bytesMax, structsMax };
    const person = peerOf(scene.session, scene.session.principal, { budget });
    return { scene, first, waiting, person, budget };
  }

  test('[S5] refuses every verb that brings words', () => {
    const { first, person, waiting } = fullScene();
    const { message } = waiting;
    const before = bytesOf(person.doc);
    for (const verb of [
      () => person.send('more'),
      () => person.edit(message, 'other'),
      () => person.regenerate(message),
      () => person.steer(first.run, 'left'),
      () => person.sendWithin(first.run, 'helper', 'look'),
      () => person.rename('Title'),
      () => person.annotate({ kind: 'message', message }, 'good', { comment: 'words' }),
      () => person.introduce({ name: 'Ada', kind: 'person' }),
    ]) {
      expect(verb).toThrow(full);
    }
    expect(bytesOf(person.doc)).toBe(before);
    expect(warned(person)).toBe(true);
  });

  test('[S5] stops a reply that grows, and lets it end with what was taken', () => {
    const { scene, first } = fullScene();
    const budget = { bytesMax: bytesOf(scene.session.doc) + 300, structsMax };
    const principal = 'agent:small';
    scene.keeper.lose(first.run);
    scene.keeper.claim(first.run, principal);
    const writer = peerOf(scene.session, principal, { budget }).begin(first.run);
    const text = writer.continueText('t1');
    let taken = 'before';
    expect(() => {
      for (let at = 0; at < 1_000; at++) {
        text.append('word ');
        taken += 'word ';
        writer.flush();
      }
    }).toThrow(full);
    for (const write of [() => writer.text(), () => writer.data('d', 1), () => writer.tool('t')]) {
      expect(write).toThrow(full);
    }
    writer.end();
    const [part] = scene.session.view.messages.get(first.reply)?.parts ?? [];
    expect(part).toMatchObject({ text: taken, state: 'done' });
  });

  test('[S5] can be cancelled and deleted in', () => {
    const { scene, first, person, waiting } = fullScene();
    const request = person.cancel(first.run);
    person.remove(waiting.message);
    person.retract({ kind: 'message', message: first.message }, 'good');
    scene.keeper.settle();
    expect(scene.session.view.requests.get(request)?.kind).toBe('cancel');
    expect(scene.session.view.messages.get(waiting.message)).toMatchObject({ deleted: true });
    expect(scene.session.view.runs.get(waiting.run ?? '')?.status).toMatchObject({
      state: 'cancelled',
      why: 'withdrawn',
    });
  });

  test('[S5] goes on in a fork', () => {
    const { first, person } = fullScene();
    const fork = person.fork(first.message);
    expect(fork.faults).toEqual([]);
    const { message } = fork.send('on', { agent: null });
    expect(fork.view.path.map(({ id }) => id).at(-1)).toBe(message);
    expect(fork.view.path).toHaveLength(2);
  });

  test('[S5] takes words again once enough of them were deleted', () => {
    const { session } = stage({ budget: bytes });
    const { message } = session.send('x'.repeat(5_000), { agent: null });
    expect(fill(session, () => 0).error).toEqual(full);
    session.remove(message);
    session.send('more', { agent: null });
    expect(warned(session)).toBe(false);
    expect(fill(session, () => 0).error).toEqual(full);
  });

  test('[S5] counts what others write', () => {
    const { session } = stage({ budget: bytes });
    const other = peerOf(session, 'person:ben');
    other.send('x'.repeat(bytes.bytesMax), { agent: null });
    expect(() => session.send('more')).toThrow(full);
    expect(other.send('more', { agent: null }).message).not.toBe('');
  });
});
