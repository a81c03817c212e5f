// What the servers are given: real sessions in small updates, as peers would have sent them, and
// the tokens of one message that is streamed. The same bytes for every server, from one seed.
//
// What streams is a message of the writer's own and not the reply to a run: ours takes a reply only
// from whoever holds a claim on its run, and the others know no claims. It names no author, because
// many principals send it and nobody may give another's name. In its bytes it is the same.

import * as Y from 'yjs';
import { passage, take, tokens as wordsFrom } from '../words.ts';

const seed = 1_234_567_890;
/** Under which everything is streamed. */
export const laneClient = seed + 1;

const UPDATE_BYTES_MAX = 50_000;
const UPDATES_MAX = 60;
/** Of a prompt and of a reply. */
const MESSAGE_CHARS = 1_500;

const TURNS_PER_CLIENT = 2;

/** Spread over all that a client can be, as Yjs draws them. */
const pageClient = (at: number): number => (seed + 7 + at * 0x9e3779b1) % 2 ** 32;

export interface Stream {
  /** The session up to the reply that is streamed. */
  readonly before: Uint8Array;
  readonly tokens: readonly Uint8Array[];
  /** By token, the lane's clock after it. */
  readonly ends: readonly number[];
}

/** A prompt, and the tokens of what follows it, each in an update of its own. */
export function streamContent(count: number): Stream {
  const talk = new Talk();
  talk.send(200);
  const append = talk.stream();
  const before = Y.encodeStateAsUpdate(talk.doc);
  const tokens: Uint8Array[] = [];
  talk.doc.on('update', (update: Uint8Array) => tokens.push(update));
  for (const token of take(talk.words, count)) append(token);
  const ends = tokens.map((update) => Y.parseUpdateMeta(update).to.get(laneClient) ?? 0);
  return { before, tokens, ends };
}

export interface Content {
  /** In order, each small enough for any server. */
  readonly updates: readonly Uint8Array[];
  readonly stateVector: Uint8Array;
  readonly bytes: number;
}

/**
 * A session of at least so many bytes: prompts and replies by turns. People write as a new client
 * with every few turns, as each page that is loaded is one; the agent goes on in its lane.
 */
export function sessionContent(bytes: number): Content {
  const chars = Math.min(MESSAGE_CHARS, bytes / 8);
  const talk = new Talk();
  const { doc } = talk;
  const updates = [Y.encodeStateAsUpdate(doc)];
  const fresh: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => fresh.push(update));
  for (let made = 0, turns = 0; made < bytes; turns += 1) {
    if (turns % TURNS_PER_CLIENT === 0) talk.page = pageClient(turns);
    talk.send(chars);
    talk.stream()(passage(talk.words, chars));
    const merged = merge(fresh.splice(0));
    updates.push(...merged);
    made += merged.reduce((sum, update) => sum + update.length, 0);
  }
  return {
    updates,
    stateVector: Y.encodeStateVector(doc),
    bytes: Y.encodeStateAsUpdate(doc).length,
  };
}

/** A session in which people write by turns, and one of them under the lane. */
class Talk {
  readonly doc = new Y.Doc();
  readonly words: Generator<string, never>;
  /** Whoever sends writes as this client. */
  page = seed;
  #count = 0;

  constructor() {
    this.doc.clientID = seed;
    this.doc.transact(() => {
      const meta = { schema: 1, title: 'Bench', createdAt: BEGUN, agent: 'agent' };
      for (const [key, value] of Object.entries(meta)) this.doc.getMap('meta').set(key, value);
    });
    this.words = wordsFrom(seed);
  }

  /** Sends a message of about so many UTF-16 units in one piece. */
  send(chars: number): void {
    const part = { head: { type: 'text', id: 'p1' }, text: passage(this.words, chars) };
    this.doc.clientID = this.page;
    this.#push([part]);
  }

  /** Begins a message. What it returns appends to it, in segments as a session's writer makes them. */
  stream(): (words: string) => void {
    const body = new Y.Array<Y.Text>();
    const head = { type: 'text', id: idOf(this.#count), at: BEGUN };
    const part = new Y.Map<unknown>(Object.entries({ head, body }));
    this.doc.clientID = laneClient;
    this.#push(Y.Array.from([part]));
    let text: Y.Text | undefined;
    return (words) =>
      this.doc.transact(() => {
        if (text === undefined || text.length + words.length > SEGMENT_CHARS_MAX) {
          text = new Y.Text();
          body.push([text]);
        }
        text.insert(text.length, words);
      });
  }

  #push(parts: unknown): void {
    const at = this.#count++;
    const parent = at === 0 ? null : idOf(at - 1);
    const head = { id: idOf(at), role: 'user', writer: 'agent', createdAt: BEGUN, parent };
    this.doc.getArray('messages').push([new Y.Map<unknown>(Object.entries({ head, parts }))]);
  }
}

/** As long as an id is. */
const idOf = (at: number): string => `message-${String(at).padStart(14, '0')}`;

const BEGUN = 1_760_000_000_000;
const SEGMENT_CHARS_MAX = 4_000;

/** Some updates as a few that no budget of a server refuses. */
function merge(updates: readonly Uint8Array[]): readonly Uint8Array[] {
  const groups: Uint8Array[][] = [[]];
  let bytes = 0;
  for (const update of updates) {
    const last = groups.at(-1) ?? [];
    bytes += update.length;
    if (last.length > 0 && (bytes > UPDATE_BYTES_MAX || last.length >= UPDATES_MAX)) {
      groups.push([update]);
      bytes = update.length;
    } else last.push(update);
  }
  return groups.filter((group) => group.length > 0).map((group) => Y.mergeUpdates(group));
}
