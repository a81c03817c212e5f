// What the tabs of a principal tell one another of the list: what a session looks like in the
// tab where it is open, what the server said, what is being deleted. So all of them show the
// same list at once, also with no server. A message is read like a stranger's.

import * as v from 'valibot';
import type { Unsubscribe } from '../../base/emitter.ts';
import type { Json } from '../../base/json.ts';
import { countSchema } from '../../protocol/envelope.ts';
import type { ListEntry } from '../../protocol/library.ts';
import { limits } from '../../protocol/limits.ts';
import { isSessionId } from '../../protocol/session-id.ts';
import { localFactsSchema, type LocalFacts } from './facts.ts';
import type { Tabs } from './ports.ts';

const about = v.literal('library');
const session = v.custom<string>(isSessionId);

/** As the wire has it, and as it is stored. */
export const listEntrySchema: v.GenericSchema<unknown, ListEntry> = v.object({
  session,
  title: v.pipe(v.string(), v.maxLength(limits.titleCharsMax)),
  preview: v.pipe(v.string(), v.maxLength(limits.previewCharsMax)),
  running: v.boolean(),
  lastActivity: countSchema,
  createdAt: countSchema,
});

const titleSchema = v.pipe(v.string(), v.maxLength(limits.titleCharsMax));

const messageSchema = v.variant('says', [
  v.object({ about, says: v.literal('local'), session, facts: v.nullable(localFactsSchema) }),
  v.object({ about, says: v.literal('listed'), sessions: v.array(listEntrySchema) }),
  v.object({ about, says: v.literal('gone'), sessions: v.array(session) }),
  v.object({
    about,
    says: v.literal('deleting'),
    session,
    title: titleSchema,
    undoUntil: countSchema,
  }),
  v.object({ about, says: v.literal('undone'), session }),
  v.object({ about, says: v.literal('failed'), session, code: v.string() }),
  v.object({ about, says: v.literal('deleted'), session }),
  v.object({ about, says: v.literal('asks') }),
]);

type Message = v.InferOutput<typeof messageSchema>;
/** What one tab says to the others. */
export type LibraryWord = Message extends infer One
  ? One extends Message
    ? Omit<One, 'about'>
    : never
  : never;

export class LibraryTabs {
  #tabs: Tabs | undefined;
  #stop: Unsubscribe | undefined;

  constructor(tabs: Tabs | undefined, hear: (word: Message) => void) {
    this.#tabs = tabs;
    this.#stop = tabs?.subscribe((said) => {
      const message = v.safeParse(messageSchema, said);
      if (message.success) hear(message.output);
    });
  }

  say(word: LibraryWord): void {
    this.#tabs?.post(plain({ about: 'library', ...word }));
  }

  close(): void {
    this.#stop?.();
  }
}

/** Facts as another tab has to take them: in it, nothing is open because it is open here. */
export const elsewhere = (facts: LocalFacts): LocalFacts => ({ ...facts, isOpen: false });

/** All of it is JSON, which an interface cannot say of itself. */
const plain = (word: object): Json => word as Json;
