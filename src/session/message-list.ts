// The list of messages as a reader keeps it: nodes in document order, found again
// by the Yjs types below them. A push at the end, by far the most common change, is
// read from the last known entry on; anything else walks the list once.

import * as Y from 'yjs';
import { fault, type Fault } from './fault.ts';
import { MessageNode, type PartNode, readHead, type TypeOwner } from './message-node.ts';
import type { TextDelta } from './segments.ts';
import { MESSAGE } from './shape.ts';

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
  /** Whether messages came or went. */
  listed: boolean;
  /** Whether the faults may be others now. */
  faults: boolean;
}

export class MessageList {
  #list: Y.Array<unknown>;
  #owners = new WeakMap<object, TypeOwner>();
  #nodes = new WeakMap<Y.Map<unknown>, MessageNode>();
  /** Entries without a valid head: one that changes may have got one. */
  #headless = new WeakSet();
  #byId = new Map<string, MessageNode>();
  /** The last entry that was read, and how many entries there were. */
  #tail: Y.Item | null = null;
  #length = 0;
  #listFaults: Fault[] = [];
  #faulty = new Set<MessageNode>();

  constructor(list: Y.Array<unknown>) {
    this.#list = list;
    this.#readAll();
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
    for (const node of this.#faulty) yield* node.faults;
  }

  /** Takes one changed type, and which of its keys, into account. Returns whether it was one of the messages'. */
  take(type: object, keys: ReadonlySet<string | null>, changes: MessageChanges): boolean {
    if (type === this.#list) {
      this.#readList(changes);
      return true;
    }
    const owner = this.#owners.get(type);
    if (owner === undefined && !this.#headless.has(type)) return false;
    if (owner === undefined || (owner.node.map === type && keys.has(MESSAGE.head))) {
      // A head is immutable. Where a hostile peer changed one, all peers show the new one.
      if (owner !== undefined) this.#nodes.delete(owner.node.map);
      this.#readAll();
      changes.listed = true;
      changes.faults = true;
      return true;
    }
    const { node, part } = owner;
    if (part === undefined) node.reread();
    else this.#takePart(node, part, type, changes);
    changes.changed.add(node);
    if (this.#noteFaults(node)) changes.faults = true;
    return true;
  }

  #takePart(node: MessageNode, part: PartNode, type: object, changes: MessageChanges): void {
    const delta = type instanceof Y.Text ? node.rereadSegment(part, type) : node.rereadPart(part);
    if (delta === undefined || part.part === undefined) return;
    changes.deltas.push({ message: node.head.id, part: part.part.id, delta });
  }

  #readList(changes: MessageChanges): void {
    const from = this.#tail === null ? this.#list._start : this.#tail.right;
    const added = countFrom(from);
    const tailGone = this.#tail?.deleted === true;
    if (!tailGone && this.#length + added === this.#list.length) {
      this.#readFrom(from);
    } else {
      this.#readAll();
    }
    changes.listed = true;
    changes.faults = true;
  }

  /** Keeps the set of faulty messages. Returns whether the message has, or had, faults. */
  #noteFaults(node: MessageNode): boolean {
    const had = this.#faulty.delete(node);
    if (node.faults.length === 0) return had;
    this.#faulty.add(node);
    return true;
  }

  #readAll(): void {
    this.#byId = new Map();
    this.#faulty = new Set();
    this.#listFaults = [];
    this.#tail = null;
    this.#length = 0;
    this.#readFrom(this.#list._start);
  }

  #readFrom(first: Y.Item | null): void {
    for (let item = first; item !== null; item = item.right) {
      this.#tail = item;
      if (item.deleted || !item.countable) continue;
      this.#length += item.length;
      this.#readEntry(item.content instanceof Y.ContentType ? item.content.type : undefined);
    }
  }

  #readEntry(entry: unknown): void {
    const known = entry instanceof Y.Map ? this.#nodes.get(entry) : undefined;
    const node = known ?? this.#newNode(entry);
    if (node === undefined) return;
    if (this.#byId.has(node.head.id)) {
      const where = `messages/${node.head.id}`;
      this.#listFaults.push(fault('duplicate-id', where, 'A message id twice; the first counts.'));
      return;
    }
    this.#byId.set(node.head.id, node);
    this.#noteFaults(node);
  }

  #newNode(entry: unknown): MessageNode | undefined {
    const head = readHead(entry);
    if (!(entry instanceof Y.Map) || 'code' in head) {
      if ('code' in head) this.#listFaults.push(head);
      if (entry instanceof Y.Map) this.#headless.add(entry);
      return undefined;
    }
    const node = new MessageNode(entry, head, this.#owners);
    this.#nodes.set(entry, node);
    return node;
  }
}

function countFrom(first: Y.Item | null): number {
  let count = 0;
  for (let item = first; item !== null; item = item.right) {
    if (!item.deleted && item.countable) count += item.length;
  }
  return count;
}
