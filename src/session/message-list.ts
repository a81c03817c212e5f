// The list of messages as a reader keeps it: nodes in document order, found again
// from the Yjs types below them by climbing, so that nothing is registered for a
// change that may never come. A push at the end, by far the most common change, is
// read from the last known entry on; anything else walks the list once.

import * as Y from 'yjs';
import { isJsonObject } from '../base/json.ts';
import { fault, type Fault } from './fault.ts';
import { decodeMessageHead, type Message } from './message.ts';
import { MessageNode } from './message-node.ts';
import { wordsOf } from './part.ts';
import { countFrom, deltaOf, type TextDelta } from './segments.ts';
import { MESSAGE, PART } from './shape.ts';
import { childOf, type Placed } from './struct.ts';

/** A change of the words of one part, for those who follow them. */
export interface PartDelta {
  readonly message: string;
  readonly part: string;
  readonly delta: TextDelta;
}

/** What one transaction did to the messages. */
export interface MessageChanges {
  /** Messages whose value is another object now. */
  readonly changed: Set<MessageNode>;
  readonly deltas: PartDelta[];
  /** Whether anybody wants the deltas. */
  readonly followed: boolean;
  /** Whether the transaction deleted anything, anywhere. */
  readonly deletes: boolean;
  /** Whether messages came or went. */
  listed: boolean;
  /** Whether the faults may be others now. */
  faults: boolean;
}

export class MessageList {
  #list: Y.Array<unknown>;
  #byId = new Map<string, MessageNode>();
  /** The last entry that was read, how long it was, and how many entries there were. */
  #tail: Y.Item | null = null;
  #tailLength = 0;
  #length = 0;
  /** How many entries are no messages. Counted, because Yjs joins them as it likes. */
  #strangers = 0;
  #listFaults: Fault[] = [];
  #faulty = new Set<MessageNode>();

  constructor(list: Y.Array<unknown>) {
    this.#list = list;
    this.#readAll(none);
  }

  get(id: string): MessageNode | undefined {
    return this.#byId.get(id);
  }

  /** In document order. */
  nodes(): IterableIterator<MessageNode> {
    return this.#byId.values();
  }

  /** Faults of the list and of every message. */
  *faults(): IterableIterator<Fault> {
    yield* this.#listFaults;
    if (this.#strangers > 0) {
      const text = `${this.#strangers} entries of the list are no messages.`;
      yield fault('wrong-type', 'messages', text);
    }
    for (const node of this.#faulty) yield* node.faults;
  }

  /** Takes one changed type, and which of its keys, into account. Returns whether it was one of the messages'. */
  take(type: Placed, keys: ReadonlySet<string | null>, changes: MessageChanges): boolean {
    if (type === this.#list) {
      this.#readList(changes);
      return true;
    }
    const entry = childOf(this.#list, type);
    if (entry === undefined) return false;
    const node = nodeOf(entry, this.#byId);
    if (type === entry && keys.has(MESSAGE.head)) {
      // A head is immutable. Where a hostile peer changed one, all peers show the new one.
      this.#readAgain(changes);
    } else if (node !== undefined) {
      this.#takeNode(node, type, keys, changes);
    }
    return true;
  }

  #takeNode(
    node: MessageNode,
    type: Placed,
    keys: ReadonlySet<string | null>,
    changes: MessageChanges,
  ): void {
    const before = node.value;
    const part = node.partOf(type);
    let delta: TextDelta | undefined;
    if (part === undefined) {
      if (type === node.list || (type === node.map && keys.has(MESSAGE.parts))) node.reread();
    } else if (type instanceof Y.Text) {
      delta = node.rereadSegment(part, type);
    } else if (type === part.bodyArray) {
      delta = node.rereadSegments(part, changes.deletes);
    } else if (hasPartKey(keys)) {
      node.rereadPart(part);
    }
    if (node.value === before) return;
    changes.changed.add(node);
    if (this.#noteFaults(node)) changes.faults = true;
    if (!changes.followed) return;
    if (delta !== undefined && part?.part !== undefined) {
      changes.deltas.push({ message: node.head.id, part: part.part.id, delta });
    } else {
      changes.deltas.push(...wordsThatCame(before, node.value));
    }
  }

  /**
   * Without a deletion, entries were only appended exactly if all that are new stand
   * behind the last known one. Anything else walks the list.
   */
  #readList(changes: MessageChanges): void {
    const tail = this.#tail;
    const from = tail === null ? this.#list._start : tail.right;
    const appended =
      !changes.deletes &&
      (tail === null || tail.length === this.#tailLength) &&
      this.#length + countFrom(from) === this.#list.length;
    if (!appended) {
      this.#readAgain(changes);
      return;
    }
    const known = this.#byId.size;
    this.#readFrom(from, none);
    changes.listed = true;
    changes.faults = true;
    if (!changes.followed) return;
    for (const node of [...this.#byId.values()].slice(known)) {
      changes.deltas.push(...wordsThatCame(undefined, node.value));
    }
  }

  #readAgain(changes: MessageChanges): void {
    const before = this.#byId;
    this.#readAll(before);
    changes.listed = true;
    changes.faults = true;
    if (!changes.followed) return;
    for (const [id, node] of this.#byId) {
      const other = before.get(id);
      if (other !== node) changes.deltas.push(...wordsThatCame(other?.value, node.value));
    }
  }

  /** Keeps the set of faulty messages. Returns whether the message has, or had, faults. */
  #noteFaults(node: MessageNode): boolean {
    const had = this.#faulty.delete(node);
    if (node.faults.length === 0) return had;
    this.#faulty.add(node);
    return true;
  }

  /** Reads every entry, with the nodes that are known. */
  #readAll(known: ReadonlyMap<string, MessageNode>): void {
    this.#byId = new Map();
    this.#faulty = new Set();
    this.#listFaults = [];
    this.#tail = null;
    this.#length = 0;
    this.#strangers = 0;
    this.#readFrom(this.#list._start, known);
  }

  #readFrom(first: Y.Item | null, known: ReadonlyMap<string, MessageNode>): void {
    for (let item = first; item !== null; item = item.right) {
      this.#tail = item;
      this.#tailLength = item.length;
      if (item.deleted || !item.countable) continue;
      this.#length += item.length;
      const entry = item.content instanceof Y.ContentType ? item.content.type : undefined;
      if (entry instanceof Y.Map) this.#readEntry(entry as Y.Map<unknown>, known);
      else this.#strangers += item.length;
    }
  }

  #readEntry(entry: Y.Map<unknown>, known: ReadonlyMap<string, MessageNode>): void {
    const node = nodeOf(entry, known) ?? this.#newNode(entry);
    if (node === undefined) return;
    if (this.#byId.has(node.head.id)) {
      const where = `messages/${node.head.id}`;
      this.#listFaults.push(fault('duplicate-id', where, 'A message id twice; the first counts.'));
      return;
    }
    this.#byId.set(node.head.id, node);
    this.#noteFaults(node);
  }

  #newNode(entry: Y.Map<unknown>): MessageNode | undefined {
    const head = decodeMessageHead(entry.get(MESSAGE.head));
    if (head === undefined) {
      this.#listFaults.push(fault('malformed', 'messages', 'A message without a valid head.'));
      return undefined;
    }
    return new MessageNode(entry, head);
  }
}

const none: ReadonlyMap<string, MessageNode> = new Map();

/**
 * The node of a stored message, by the id in its head. None for an entry that is not
 * shown: one without a valid head, or the second of two with one id.
 */
function nodeOf(entry: Placed, nodes: ReadonlyMap<string, MessageNode>): MessageNode | undefined {
  const head: unknown = entry instanceof Y.Map ? entry.get(MESSAGE.head) : undefined;
  const id = isJsonObject(head) ? head['id'] : undefined;
  const node = typeof id === 'string' ? nodes.get(id) : undefined;
  return node?.map === entry && node.storedHead === head ? node : undefined;
}

const partKeys: ReadonlySet<string | null> = new Set(Object.values(PART));

const hasPartKey = (keys: ReadonlySet<string | null>): boolean =>
  [...keys].some((key) => partKeys.has(key));

/** What happened to the words of a message since `before`, part by part. */
function wordsThatCame(before: Message | undefined, now: Message): readonly PartDelta[] {
  const known = new Map(before?.parts.map((part) => [part.id, part]));
  const deltas: PartDelta[] = [];
  for (const part of now.parts) {
    const delta = deltaOf(wordsOf(known.get(part.id)), wordsOf(part));
    if (delta !== undefined) deltas.push({ message: now.id, part: part.id, delta });
  }
  return deltas;
}
