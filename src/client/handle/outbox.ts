// What this device wrote and no server is known to have: each write with its bytes, what was
// meant by it, and how far it has got. A verb may change the document before it knows the ids
// of what it made, so what it changes is gathered while it runs, and noted when it is over.

import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import { createId } from '../../base/id.ts';
import { decodeIntent, encodeIntent, type Intent } from '../intent.ts';
import { rootsIn } from '../recovery/blame.ts';
import { Saved, type Written } from '../saved.ts';
import type { LocalSession, OutboxEntry } from '../store/offline.ts';
import type { Life } from './life.ts';

export interface OutboxParts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly local: () => LocalSession;
  /** Whether this document sends nothing any more. */
  readonly isDead: (life: Life) => boolean;
}

interface Change {
  readonly life: Life;
  readonly update: Uint8Array;
  readonly roots: readonly string[];
  readonly position: number;
}

export class Outbox {
  readonly saved = new Saved();
  /** In the order in which they were written. */
  readonly entries = new Map<string, OutboxEntry>();
  #parts: OutboxParts;
  #changes: Change[] | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Runs a verb. What it writes is one write, with the intent that `about` gives. */
  write<Result>(
    run: () => Result,
    about: (result: Result) => Omit<Intent, 'roots'>,
  ): { readonly result: Result; readonly written: Written } {
    const changes: Change[] = [];
    this.#changes = changes;
    try {
      const result = run();
      const noted = changes.splice(0);
      let written: Written | undefined;
      for (const change of noted) {
        written = this.#add(change, { ...about(result), roots: rootsIn(change.roots) });
      }
      return { result, written: written ?? Saved.nothing() };
    } finally {
      this.#changes = undefined;
      // Left only where it threw: what is in the document is written all the same.
      for (const change of changes) this.#add(change, undefined);
    }
  }

  /** A document was changed here. */
  changed(life: Life, update: Uint8Array, roots: readonly string[]): void {
    const change = { life, update, roots, position: life.position };
    if (this.#changes === undefined) this.#add(change, undefined);
    else this.#changes.push(change);
  }

  /** Takes an entry of the store, or of another tab. */
  take(entry: OutboxEntry, life: Life, isStored: boolean): void {
    const position = life.applyUnsent(entry.update, (late) => {
      this.saved.move(entry.id, entry.id, late);
      this.reach(life);
    });
    if (this.saved.has(entry.id)) this.saved.move(entry.id, entry.id, position);
    else this.saved.add(entry.id, decodeIntent(entry.intent), position, isStored);
    this.entries.set(entry.id, entry);
  }

  /** Puts an entry into a document that stands there for an old one. */
  issueAgain(old: string, entry: OutboxEntry, life: Life): void {
    this.entries.delete(old);
    this.saved.move(old, entry.id, 0);
    this.take(entry, life, true);
  }

  /** These are not unsent any more. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.entries.delete(id);
  }

  /** Settles what the connection of the document that counts has reported. */
  reach(life: Life): void {
    if (this.#parts.isDead(life)) return;
    this.saved.sent(life.sent);
    const durable = this.saved.durable(life.durable);
    this.forget(durable);
    if (durable.length > 0) this.#parts.local().settle(durable);
  }

  #add({ life, update, position }: Change, intent: Intent | undefined): Written {
    const { clock, chance, isDead, local } = this.#parts;
    const entry: OutboxEntry = {
      id: createId(chance),
      at: clock.now(),
      client: life.doc.clientID,
      update,
      intent: intent === undefined ? null : encodeIntent(intent),
    };
    this.entries.set(entry.id, entry);
    const at = isDead(life) ? Number.POSITIVE_INFINITY : position;
    const written = this.saved.add(entry.id, intent, at);
    local().own(entry);
    this.reach(life);
    return written;
  }
}
