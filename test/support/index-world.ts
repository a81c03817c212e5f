// A room's index and a Y.Doc beside it, and a few principals whose tabs send what Yjs sends:
// in turns, late, twice, with holes. What is let in goes to both, and after every step both must
// know the same. Everything follows from one seed.

import * as Y from 'yjs';
import { DocumentIndex } from '../../server/room/document-index.ts';
import { judge } from '../../server/room/gate.ts';
import { roomLimits } from '../../server/room/limits.ts';
import { defined } from '../../src/base/assert.ts';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { syncAnswerBudget, updateBudget } from '../../src/protocol/limits.ts';
import { writeStateVector } from '../../src/protocol/state-vector.ts';
import { cutStruct } from '../../src/protocol/struct-cut.ts';
import { readUpdate } from '../../src/protocol/update.ts';
import { documentDigest } from '../../src/session/digest.ts';
import { RoomOracle } from './room-oracle.ts';
import { createTabs, type Tab, write } from './room-peers.ts';
import type { Tally } from './tally.ts';

/** What must have happened in some of many worlds. */
export const indexEvents: readonly string[] = [
  'taken',
  'known',
  'split',
  'cut',
  'cut inside a pair',
  'lost',
  'gap',
  'answer',
  'between tabs',
  'away for long',
  'collecting peer',
  'keeping peer',
  'collecting oracle',
  'keeping oracle',
  'implied deletions',
  'same digest',
];

export class IndexWorld {
  readonly problems: string[] = [];
  #chance: Chance;
  #tally: Tally;
  #tabs: readonly Tab[];
  #index = new DocumentIndex();
  #oracle: RoomOracle;
  #limits = roomLimits;
  #log: Uint8Array[] = [];
  #seen = new Map<Tab, number>();
  #isCareless: boolean;

  constructor(seed: number, tally: Tally) {
    this.#chance = seededChance(seed);
    this.#tally = tally;
    this.#isCareless = seed % 6 === 0;
    this.#tabs = createTabs(this.#chance, 3, this.#isCareless);
    for (const { doc } of this.#tabs) tally.add(doc.gc ? 'collecting peer' : 'keeping peer');
    const gc = below(this.#chance, 2) === 0;
    tally.add(gc ? 'collecting oracle' : 'keeping oracle');
    this.#oracle = new RoomOracle(gc);
    // Small updates, so that most answers are several.
    if (seed % 2 === 0) this.#limits = { ...roomLimits, chunkStructsMax: 3 };
  }

  run(steps: number): void {
    const away = below(this.#chance, 2) === 0 ? pick(this.#chance, this.#tabs) : undefined;
    for (let step = 0; step < steps && this.problems.length === 0; step++) {
      const tab = defined(pick(this.#chance, this.#tabs), 'a tab');
      if (tab === away) this.#write(tab);
      else this.#act(tab);
      this.#compare(`step ${step}`);
    }
    if (away !== undefined) this.#tally.add('away for long');
    for (const tab of this.#tabs) this.#answer(tab, false);
    this.#compare('the end');
    this.#reload();
    this.#meet();
  }

  #act(tab: Tab): void {
    switch (below(this.#chance, 7)) {
      case 3:
        return this.#send(tab);
      case 4:
        return this.#answer(tab, below(this.#chance, 2) === 0);
      case 5:
        return this.#receive(tab);
      case 6:
        return this.#share(tab);
      default:
        return this.#write(tab);
    }
  }

  #write(tab: Tab): void {
    write(this.#chance, tab);
  }

  /** What was written, one update after another; some are lost on the way. */
  #send(tab: Tab): void {
    for (const update of tab.outbox.splice(0)) {
      if (below(this.#chance, 12) === 0) this.#tally.add('lost');
      else if (!this.#judge(tab, update, false)) this.#answer(tab, true);
    }
  }

  /** What a SyncStep1 brings: all that is missing, or everything there is. */
  #answer(tab: Tab, isExact: boolean): void {
    tab.outbox = [];
    this.#tally.add('answer');
    const known = isExact ? writeStateVector(this.#index.clocks()) : undefined;
    this.#judge(tab, Y.encodeStateAsUpdate(tab.doc, known), true);
  }

  #receive(tab: Tab): void {
    for (const update of this.#log.slice(this.#seen.get(tab) ?? 0)) {
      Y.applyUpdate(tab.doc, update, 'other');
    }
    this.#seen.set(tab, this.#log.length);
  }

  /** From another tab of the same person; it is passed on, or it is not. */
  #share(tab: Tab): void {
    const isOther = (other: Tab): boolean => other !== tab && other.principal === tab.principal;
    const other = this.#tabs.find(isOther);
    if (other === undefined) return;
    this.#tally.add('between tabs');
    const origin = below(this.#chance, 2) === 0 ? 'tab' : 'other';
    Y.applyUpdate(tab.doc, Y.encodeStateAsUpdate(other.doc), origin);
  }

  #judge(tab: Tab, bytes: Uint8Array, isAnswer: boolean): boolean {
    const before = this.#index.deleted.size;
    this.#noteCuts(bytes);
    const sender = { principal: tab.principal, mayWriteIn: () => true, isRefused: () => false };
    const budget = isAnswer ? syncAnswerBudget : updateBudget;
    const verdict = judge(this.#index, bytes, { sender, budget, isAnswer }, this.#limits);
    if (!verdict.ok) {
      this.#tally.add(verdict.code);
      if (verdict.code !== 'gap') this.problems.push(`refused by ${verdict.rule}`);
      return false;
    }
    const { updates, settled } = verdict;
    this.#tally.add(updates.length === 0 ? 'known' : updates.length === 1 ? 'taken' : 'split');
    const sent = readUpdate(bytes, syncAnswerBudget);
    const named = sent.ok ? sent.ranges.length : 0;
    if (this.#index.deleted.size > before && settled.deleted.length > named)
      this.#tally.add('implied deletions');
    this.#log.push(...updates);
    this.#oracle.apply(updates);
    return true;
  }

  /** Structs of which the beginning is known. */
  #noteCuts(bytes: Uint8Array): void {
    const read = readUpdate(bytes, syncAnswerBudget);
    if (!read.ok) return;
    for (const struct of read.structs) {
      const known = this.#index.table.next(struct.client) - struct.clock;
      if (known <= 0 || known >= struct.length || struct.kind === 'skip') continue;
      this.#tally.add('cut');
      if (cutStruct(bytes, struct, known).splitPair) this.#tally.add('cut inside a pair');
    }
  }

  #compare(where: string): void {
    const differences = this.#oracle.differences(this.#index);
    this.problems.push(...differences.slice(0, 4).map((difference) => `${where}: ${difference}`));
  }

  /** What was let in is read again as it was. */
  #reload(): void {
    const sender = { principal: '', mayWriteIn: () => true, isRefused: () => false };
    const question = { sender, budget: updateBudget, isAnswer: false, isTrusted: true };
    this.#index = new DocumentIndex();
    for (const update of this.#log) {
      const verdict = judge(this.#index, update, question, roomLimits);
      if (!verdict.ok)
        this.problems.push(`an update is not read again: ${JSON.stringify(verdict)}`);
    }
    this.#compare('a reload');
  }

  /** Everybody has everything, and it is the same. */
  #meet(): void {
    const wanted = documentDigest(this.#oracle.doc);
    const late = new Y.Doc();
    for (const update of this.#log) Y.applyUpdate(late, update);
    if (documentDigest(late) !== wanted) this.problems.push('a late peer differs');
    if (this.#isCareless) return;
    for (const tab of this.#tabs) {
      this.#receive(tab);
      if (documentDigest(tab.doc) === wanted) this.#tally.add('same digest');
      else this.problems.push(`a peer of ${tab.principal} differs`);
    }
  }
}
