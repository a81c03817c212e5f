// A log that dies and is opened again, over and over, with writers who remember what they
// were told. All of it follows from one seed: the disk's journal is simulated (disk.ts),
// the store is SQLite in memory, which keeps what it committed.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { below, pick, seededChance, type Chance } from '../../src/base/chance.ts';
import { manualClock } from '../../src/base/clock.ts';
import { compactSession, type Range } from '../../server/log/compaction.ts';
import { bytesOf, readAll, textOf } from '../../server/log/contract-case.ts';
import { crashPoints, type CrashPoint } from '../../server/log/crash-point.ts';
import { openEmbeddedLog } from '../../server/log/embedded.ts';
import type { EmbeddedLog } from '../../server/log/embedded-log.ts';
import { storeFault } from '../../server/log/fault.ts';
import type { Appended } from '../../server/log/log.ts';
import { Connection } from '../../server/log/sqlite-connection.ts';
import { sqliteStore } from '../../server/log/sqlite-store.ts';
import { storeActionNames, type Store, type StoreActions } from '../../server/log/store.ts';
import { Disk, hops } from './disk.ts';
import type { Tally } from './tally.ts';

/** Small, so that files rotate and moves are cut in a short life. */
const smallLimits = {
  fileBytesMax: 2_000,
  writeBytesMax: 1_500,
  waitBytesMax: 2_500,
  moveBytesMax: 1_200,
  tailBytesMax: 12_000,
  statesMax: 3,
};

class Death extends Error {}

/** What its writers know of one session. */
interface Known {
  readonly id: string;
  /** What was answered as durable, in order. */
  durable: string[];
  /** Asked for and not answered, by seq. */
  asked: Map<string, number>;
  /** Refused for certain. */
  refused: Set<string>;
  /** Where the next append is thought to go. */
  next: number;
  state: 'asked' | 'living' | 'deleting' | 'deleted';
}

export class LogWorld {
  readonly clock = manualClock(1_000_000);
  readonly chance: Chance;
  readonly disk: Disk;
  appends = 0;
  #tally: Tally;
  #db = new DatabaseSync(':memory:');
  #sessions: Known[] = [];
  #texts = 0;
  #life = 0;
  #log: EmbeddedLog | undefined;
  #dead = false;
  #died = Promise.withResolvers<void>();
  #deathAt: CrashPoint | undefined;
  #passesLeft = 0;

  constructor(seed: number, tally: Tally) {
    this.chance = seededChance(seed);
    this.disk = new Disk(this.chance);
    this.#tally = tally;
  }

  /** One life: opens what the last one left, checks it, works, and dies somewhere or is closed. */
  async live(steps: number, power: boolean): Promise<void> {
    this.#dead = false;
    this.#died = Promise.withResolvers<void>();
    this.#chooseDeath();
    const work = this.#work(steps);
    await Promise.race([work, this.#died.promise]);
    if (this.#dead) this.#tally.add(power ? 'power cut' : 'kill');
    else this.#tally.add('closed');
    this.#life += 1;
    this.#log = undefined;
    this.disk.crash(power);
    this.disk.mood.space = Infinity;
    this.disk.mood.failingWrites = 0;
    this.disk.mood.failingCuts = 0;
    this.#db.exec('PRAGMA max_page_count = 1073741823');
  }

  /** Opens it one more time, checks everything, and closes it. */
  async finish(): Promise<void> {
    this.#dead = false;
    this.#deathAt = undefined;
    this.disk.dieInWrite = Infinity;
    const log = await this.#open();
    await this.#check(log);
    await log.close();
    deepStrictEqual(this.disk.names, [], 'a clean end leaves no journal');
    this.#db.close();
  }

  #chooseDeath(): void {
    const fate = below(this.chance, 10);
    this.#deathAt = fate < 6 ? pick(this.chance, crashPoints) : undefined;
    this.#passesLeft = 1 + below(this.chance, 8);
    this.disk.dieInWrite = fate === 6 || fate === 7 ? 1 + below(this.chance, 12) : Infinity;
    this.disk.onDeath = () => this.#die('in a write');
    this.disk.mood.shortWrites = below(this.chance, 4) === 0;
  }

  #die(where: string): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#tally.add(`died ${where}`);
    this.#died.resolve();
  }

  async #work(steps: number): Promise<void> {
    const log = await this.#open();
    if (this.#dead) return;
    await this.#check(log);
    const acts: Promise<void>[] = [];
    for (let step = 0; step < steps && !this.#gone(log); step++) {
      acts.push(this.#act(log));
      await hops(below(this.chance, 12));
    }
    await Promise.all(acts);
    if (!this.#gone(log) && below(this.chance, 2) === 0) await log.close();
  }

  async #open(): Promise<EmbeddedLog> {
    const life = this.#life;
    const log = await openEmbeddedLog({
      folder: '',
      clock: this.clock,
      chance: this.chance,
      limits: smallLimits,
      journalFolder: this.disk.mount(),
      store: this.#store(life),
      pass: async (point) => {
        if (this.#isDeath(point)) this.#die(`at ${point}`);
        await this.#goOn(life);
      },
    });
    deepStrictEqual(log.faults, [], 'a crash is no damage');
    this.#log = log;
    return log;
  }

  /** To a process that has died, no call ever returns. */
  async #goOn(life: number): Promise<void> {
    if (this.#dead || life !== this.#life) await new Promise<never>(() => {});
  }

  /** What a dead process still learns does not count. */
  #gone(log: EmbeddedLog): boolean {
    return this.#dead || log !== this.#log;
  }

  #isDeath(point: CrashPoint): boolean {
    return point === this.#deathAt && --this.#passesLeft === 0;
  }

  /** The store of one process: once that has died, nothing answers. */
  #store(life: number): Store {
    const connection = new Connection(this.#db, (point) => {
      if (!this.#isDeath(point)) return;
      this.#die(`at ${point}`);
      throw new Death();
    });
    const actions: StoreActions = { ...sqliteStore(connection, ''), close: () => {} };
    const turn = async (): Promise<void> => {
      await hops(below(this.chance, 6));
      await this.#goOn(life);
    };
    // As a thread does: one after another, answered in this order.
    let last: Promise<unknown> = Promise.resolve();
    const call = (name: keyof StoreActions, args: readonly unknown[]): Promise<unknown> => {
      const mine = last.then(() => run(name, args));
      last = mine.catch(() => undefined);
      return mine;
    };
    const run = async (name: keyof StoreActions, args: readonly unknown[]): Promise<unknown> => {
      await turn();
      try {
        const action = actions[name] as (...given: readonly unknown[]) => unknown;
        return action(...args);
      } catch (error) {
        throw storeFault(error);
      } finally {
        await turn();
      }
    };
    const all = storeActionNames.map((name) => [
      name,
      (...args: readonly unknown[]) => call(name, args),
    ]);
    return Object.fromEntries(all) as Store;
  }

  async #act(log: EmbeddedLog): Promise<void> {
    const known = pick(
      this.chance,
      this.#sessions.filter(({ state }) => state === 'living'),
    );
    const act = below(this.chance, 40);
    if (known === undefined || act === 0) await this.#create(log);
    else if (act < 24) await this.#append(log, known);
    else if (act < 27) await this.#compact(log, known);
    else if (act < 31) await this.#read(log, known);
    else if (act < 37) this.clock.advance(below(this.chance, 900));
    else if (act === 37) this.#spoil();
    else if (act === 38) this.#heal();
    else await this.#delete(log, known);
  }

  async #create(log: EmbeddedLog): Promise<void> {
    const id = `session-${String(this.#sessions.length).padStart(8, '0')}`;
    const known: Known = {
      id,
      durable: [],
      asked: new Map(),
      refused: new Set(),
      next: 0,
      state: 'asked',
    };
    this.#sessions.push(known);
    const answer = await log.create(id);
    if (this.#gone(log)) return;
    if (answer.ok) known.state = 'living';
  }

  async #append(log: EmbeddedLog, known: Known): Promise<void> {
    const text = `${known.id}:${++this.#texts}:${'x'.repeat(below(this.chance, 300))}`;
    const at = below(this.chance, 12) === 0 ? below(this.chance, known.next + 3) : known.next;
    known.asked.set(text, at + 1);
    if (at === known.next) known.next += 1;
    const answer = await log.append(known.id, at, [], bytesOf(text));
    if (this.#gone(log)) return;
    this.#learn(known, text, at, answer);
    if (answer.ok) return;
    const head = await log.open(known.id);
    if (head.ok && !this.#gone(log)) known.next = Math.max(head.head.seq, known.durable.length);
  }

  #learn(known: Known, text: string, at: number, answer: Appended): void {
    if (answer.ok) {
      strictEqual(answer.seq, at + 1);
      strictEqual(known.durable.length, at, 'answers come in order');
      known.durable.push(text);
      known.asked.delete(text);
      this.appends += 1;
      return;
    }
    ok(answer.code !== 'missing', 'a session that was made is there');
    this.#tally.add(answer.code === 'unavailable' ? `refused ${answer.reason}` : answer.code);
    if (answer.code !== 'unavailable' || answer.stored === 'no') {
      known.asked.delete(text);
      known.refused.add(text);
    } else this.#tally.add('unknown');
  }

  async #compact(log: EmbeddedLog, known: Known): Promise<void> {
    const answer = await compactSession(log, known.id, async ({ snapshot, records }: Range) => {
      const before = snapshot === undefined ? [] : [textOf(snapshot.bytes)];
      const all = [...before, ...records.map(({ bytes }) => textOf(bytes))];
      return { snapshot: bytesOf(all.join('\n')), index: bytesOf('index') };
    });
    if (!this.#gone(log)) this.#tally.add(answer.ok ? 'compacted' : `compaction ${answer.code}`);
  }

  async #read(log: EmbeddedLog, known: Known): Promise<void> {
    const least = known.durable.slice();
    // It may be deleted between two pages.
    const texts = await textsOf(log, known.id).catch((error: unknown) => {
      if (known.state === 'living') throw error;
      return undefined;
    });
    if (this.#gone(log) || known.state !== 'living') return;
    ok(texts !== undefined, 'a living session can be read');
    deepStrictEqual(texts.slice(0, least.length), least);
    this.#tally.add('read');
  }

  async #delete(log: EmbeddedLog, known: Known): Promise<void> {
    known.state = 'deleting';
    const answer = await log.delete(known.id);
    if (this.#gone(log)) return;
    if (answer.ok) known.state = 'deleted';
    this.#tally.add(answer.ok ? 'deleted' : 'deletion refused');
  }

  #spoil(): void {
    const { mood } = this.disk;
    const kind = below(this.chance, 4);
    if (kind === 0) mood.space = below(this.chance, 400);
    else if (kind === 1) mood.failingWrites = 1 + below(this.chance, 2);
    else if (kind === 2) {
      mood.failingWrites = 1;
      mood.failingCuts = 1;
    } else this.#db.exec('PRAGMA max_page_count = 1');
    this.#tally.add('spoilt');
  }

  #heal(): void {
    this.disk.mood.space = Infinity;
    this.#db.exec('PRAGMA max_page_count = 1073741823');
    this.#tally.add('healed');
  }

  /** Everything durable is there, in order, once; nothing refused is; the rest is what was asked. */
  async #check(log: EmbeddedLog): Promise<void> {
    for (const known of this.#sessions) {
      const head = await log.open(known.id);
      ok(head.ok || head.code !== 'unavailable', 'it can be read');
      if (known.state === 'asked') known.state = head.ok ? 'living' : 'deleted';
      if (known.state === 'deleting') known.state = head.ok ? 'living' : 'deleted';
      strictEqual(head.ok, known.state === 'living', `${known.id} is ${known.state}`);
      if (!head.ok) continue;
      const texts = (await textsOf(log, known.id)) ?? [];
      this.#checkTexts(known, texts);
      known.durable = [...texts];
      known.asked.clear();
      known.next = texts.length;
    }
  }

  #checkTexts(known: Known, texts: readonly string[]): void {
    deepStrictEqual(
      texts.slice(0, known.durable.length),
      known.durable,
      'what was durable is there',
    );
    strictEqual(new Set(texts).size, texts.length, 'nothing is there twice');
    for (const [index, text] of texts.entries()) {
      ok(!known.refused.has(text), 'what was refused is not there');
      if (index < known.durable.length) continue;
      strictEqual(known.asked.get(text), index + 1, 'more is only what nobody was told about');
      this.#tally.add('found more');
    }
  }
}

/** All texts of a session, those in its snapshot too; undefined where it cannot be read. */
async function textsOf(log: EmbeddedLog, id: string): Promise<readonly string[] | undefined> {
  const first = await log.read(id, 0, 1);
  if (!first.ok) return undefined;
  const { snapshot, texts } = await readAll(log, 0, id, 700);
  return snapshot === undefined ? texts : [...textOf(snapshot.bytes).split('\n'), ...texts];
}
