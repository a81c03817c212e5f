// What the tabs of a principal tell one another of the desk: what was written, what is done
// with, what was settled; and, when a tab opens, what the others still have to send. So all
// tabs show the same desk at once, also with no server. A message is read like a stranger's.

import * as v from 'valibot';
import type { Unsubscribe } from '../../base/emitter.ts';
import type { Json } from '../../base/json.ts';
import { textSchema } from '../../protocol/envelope.ts';
import { rowKeySchema } from '../../protocol/library.ts';
import { limits } from '../../protocol/limits.ts';
import type { Tabs } from '../library/ports.ts';
import { writeSchema } from './desk-store.ts';
import type { PendingWrite } from './row-book.ts';

export interface DeskTabsOptions {
  readonly tabs: Tabs | undefined;
  /** What was written in this tab and waits. */
  readonly mine: () => Iterable<PendingWrite>;
  readonly wrote: (write: PendingWrite) => void;
  readonly done: (key: string, id: string) => void;
  readonly settled: (key: string) => void;
}

const messageSchema = v.variant('says', [
  v.object({ about: v.literal('desk'), says: v.literal('wrote'), write: writeSchema }),
  v.object({
    about: v.literal('desk'),
    says: v.literal('done'),
    key: rowKeySchema,
    id: textSchema(limits.wordCharsMax),
  }),
  v.object({ about: v.literal('desk'), says: v.literal('settled'), key: rowKeySchema }),
  v.object({ about: v.literal('desk'), says: v.literal('asks') }),
]);

export class DeskTabs {
  #options: DeskTabsOptions;
  #stop: Unsubscribe | undefined;

  constructor(options: DeskTabsOptions) {
    this.#options = options;
    this.#stop = options.tabs?.subscribe((message) => this.#hear(message));
  }

  wrote({ key, id, json, known }: PendingWrite): void {
    const write = { key, id, known, ...(json !== undefined && { json }) };
    this.#post({ about: 'desk', says: 'wrote', write });
  }

  done(key: string, id: string): void {
    this.#post({ about: 'desk', says: 'done', key, id });
  }

  settled(key: string): void {
    this.#post({ about: 'desk', says: 'settled', key });
  }

  /** What do others have that waits? */
  ask(): void {
    this.#post({ about: 'desk', says: 'asks' });
  }

  close(): void {
    this.#stop?.();
  }

  #post(message: Json): void {
    this.#options.tabs?.post(message);
  }

  #hear(said: unknown): void {
    const message = v.safeParse(messageSchema, said);
    if (!message.success) return;
    const { mine, wrote, done, settled } = this.#options;
    switch (message.output.says) {
      case 'wrote':
        return wrote(message.output.write);
      case 'done':
        return done(message.output.key, message.output.id);
      case 'settled':
        return settled(message.output.key);
      case 'asks':
        for (const write of mine()) this.wrote(write);
    }
  }
}
