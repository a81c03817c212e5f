// One stored message as a reader holds it: its value for the view, and the Yjs
// types below it, so that a change to any of them touches no other message. A token re-reads one segment and makes a new part and a new
// message; the other parts stay the same objects.

import * as Y from 'yjs';
import { fault, type Fault } from './fault.ts';
import { limits } from './limits.ts';
import type { Message, MessageHead } from './message.ts';
import { decodePart, WRITTEN_WHOLE, type Part, type StoredPart } from './part.ts';
import { BodyReader, listEntries, type TextDelta } from './segments.ts';
import { MESSAGE, PART } from './shape.ts';
import { childOf, type Placed } from './struct.ts';
import { isJsonObject } from '../base/json.ts';

/** A part of a reply. */
export interface PartNode {
  readonly map: Y.Map<unknown>;
  body: BodyReader | undefined;
  bodyArray: Y.Array<unknown> | undefined;
  part: Part | undefined;
  fault: Fault | undefined;
}

const DELETED_PARTS: readonly Part[] = Object.freeze([]);

export class MessageNode {
  readonly map: Y.Map<unknown>;
  readonly head: MessageHead;
  /** The head as the document has it. Where that is another one, the message is another one. */
  readonly storedHead: unknown;
  value: Message;
  faults: readonly Fault[] = [];
  /** Parts of a reply, in order, malformed ones included. Empty for plain parts. */
  parts: readonly PartNode[] = [];
  /** Entries of its list that are no parts. */
  #strangers = 0;
  /** The stored list of them. */
  list: Y.Array<unknown> | undefined;

  constructor(map: Y.Map<unknown>, head: MessageHead) {
    this.map = map;
    this.head = head;
    this.storedHead = map.get(MESSAGE.head);
    this.value = this.#read();
  }

  /** Reads the message's keys and list of parts again. Parts that are still there keep their nodes. */
  reread(): void {
    this.value = this.#read();
  }

  /** The part whose map, list of segments or segment this is. */
  partOf(type: Placed): PartNode | undefined {
    const map = this.list && childOf(this.list, type);
    if (map === undefined) return undefined;
    const node = this.parts.findLast((part) => part.map === map);
    if (type === map || type === node?.bodyArray) return node;
    return type instanceof Y.Text && type.parent === node?.bodyArray ? node : undefined;
  }

  /** Reads one part again: its keys, and the list of its segments. */
  rereadPart(node: PartNode): void {
    this.#readPart(node);
    this.value = this.#withParts();
  }

  /**
   * Reads one segment of a part again. Returns what happened to its text, if that is
   * all that happened; otherwise the message has to be compared.
   */
  rereadSegment(node: PartNode, segment: Y.Text): TextDelta | undefined {
    if (node.fault !== undefined || segment.length > limits.segmentReadCharsMax) {
      this.rereadPart(node);
      return undefined;
    }
    return this.#takeWords(node, node.body?.readSegment(segment));
  }

  /** Reads what came to the list of segments of a part. Returns like `rereadSegment`. */
  rereadSegments(node: PartNode, deletes: boolean): TextDelta | undefined {
    const delta = node.body?.readList(deletes);
    if (node.fault !== undefined || (node.body?.faults ?? 0) > 0) {
      this.rereadPart(node);
      return undefined;
    }
    return this.#takeWords(node, delta);
  }

  #takeWords(node: PartNode, delta: TextDelta | undefined): TextDelta | undefined {
    if (delta === undefined || node.part === undefined || node.body === undefined) return undefined;
    const before = node.part;
    const { text } = node.body;
    if (before.type === 'text' || before.type === 'reasoning') {
      node.part = Object.freeze({ ...before, text });
    } else if (before.type === 'tool' && 'rawInput' in before) {
      node.part = Object.freeze({ ...before, rawInput: text });
    } else {
      return undefined;
    }
    this.#swap(before, node.part);
    return delta;
  }

  /** Does nothing for the second of two parts with one id, which is not shown. */
  #swap(before: Part, after: Part): void {
    const at = this.value.parts.indexOf(before);
    if (at === -1) return;
    this.value = Object.freeze({
      ...this.value,
      parts: Object.freeze(this.value.parts.with(at, after)),
    });
  }

  #read(): Message {
    const stored = this.map.get(MESSAGE.parts);
    this.list = stored instanceof Y.Array ? stored : undefined;
    if (stored === undefined) {
      this.parts = [];
      this.faults = [];
      return this.#message(DELETED_PARTS, true);
    }
    if (this.list !== undefined) return this.#readLive(this.list);
    this.parts = [];
    return this.#readPlain(stored);
  }

  #readPlain(stored: unknown): Message {
    const faults: Fault[] = [];
    const parts = new DistinctParts();
    const list: readonly unknown[] | undefined = Array.isArray(stored) ? stored : undefined;
    if (list === undefined) faults.push(this.#fault('malformed', 'parts', 'Not a list of parts.'));
    for (const entry of list?.slice(0, limits.replyPartsMax) ?? []) {
      const part = decodePart(plainPart(entry));
      if (part === undefined) faults.push(this.#fault('malformed', 'parts', 'Not a part.'));
      else if (!parts.add(part)) faults.push(this.#fault('duplicate-id', part.id, 'Twice.'));
    }
    if ((list?.length ?? 0) > limits.replyPartsMax) {
      faults.push(this.#fault('too-large', 'parts', `More than ${limits.replyPartsMax} parts.`));
    }
    this.faults = faults;
    return this.#message(parts.list, false);
  }

  #readLive(list: Y.Array<unknown>): Message {
    const known = new Map(this.parts.map((node) => [node.map, node]));
    const nodes: PartNode[] = [];
    let strangers = 0;
    for (const entry of listEntries(list)) {
      if (!(entry instanceof Y.Map) || nodes.length >= limits.replyPartsMax) strangers++;
      else nodes.push(known.get(entry) ?? this.#newPart(entry));
    }
    this.parts = nodes;
    this.#strangers = strangers;
    return this.#withParts();
  }

  #newPart(map: Y.Map<unknown>): PartNode {
    const node: PartNode = {
      map,
      body: undefined,
      bodyArray: undefined,
      part: undefined,
      fault: undefined,
    };
    this.#readPart(node);
    return node;
  }

  #readPart(node: PartNode): void {
    const body = node.map.get(PART.body);
    if (body instanceof Y.Array) {
      if (node.bodyArray === body) node.body?.readAll();
      else node.body = new BodyReader(body);
      node.bodyArray = body;
    } else {
      node.body = undefined;
      node.bodyArray = undefined;
    }
    node.part = decodePart(livePart(node));
    node.fault =
      node.part === undefined
        ? this.#fault('malformed', 'parts', 'Not a part of this schema.')
        : (node.body?.faults ?? 0) > 0 || (body !== undefined && node.body === undefined)
          ? this.#fault('wrong-type', node.part.id, 'Its body is not a list of texts.')
          : undefined;
  }

  /** The message with the parts as their nodes have them now; the first of two with one id counts. */
  #withParts(): Message {
    const parts = new DistinctParts();
    const faults: Fault[] = [];
    if (this.#strangers > 0) {
      const text = `${this.#strangers} entries of the reply are no parts.`;
      faults.push(this.#fault('wrong-type', 'parts', text));
    }
    for (const { part, fault: flaw } of this.parts) {
      if (flaw !== undefined) faults.push(flaw);
      if (part !== undefined && !parts.add(part)) {
        faults.push(this.#fault('duplicate-id', part.id, 'A part id twice.'));
      }
    }
    this.faults = faults;
    return this.#message(parts.list, false);
  }

  #message(parts: readonly Part[], deleted: boolean): Message {
    return Object.freeze({ ...this.head, parts: Object.freeze(parts), deleted, expected: false });
  }

  #fault(code: Fault['code'], where: string, text: string): Fault {
    return fault(code, `messages/${this.head.id}/${where}`, text);
  }
}

/** Parts of which no two have one id. */
class DistinctParts {
  readonly list: Part[] = [];
  /** From the second part on: most messages have one, and a set costs more than the part. */
  #ids: Set<string> | undefined;

  /** Adds the part unless one of its id is there. Returns whether it was added. */
  add(part: Part): boolean {
    if (this.list.length === 1) this.#ids ??= new Set(this.list.map(({ id }) => id));
    if (this.#ids?.has(part.id) === true) return false;
    this.#ids?.add(part.id);
    this.list.push(part);
    return true;
  }
}

function livePart(node: PartNode): StoredPart {
  const text = node.body?.text ?? '';
  return {
    head: node.map.get(PART.head),
    state: node.map.get(PART.state),
    data: node.map.get(PART.data),
    input: node.map.get(PART.input),
    output: node.map.get(PART.output),
    error: node.map.get(PART.error),
    approval: node.map.get(PART.approval),
    decision: node.map.get(PART.decision),
    text,
    rawInput: text,
  };
}

/**
 * A part that was written whole, as plain JSON: `{ head, text?, state?, input?, ... }`.
 * The text of a prompt is done.
 */
function plainPart(entry: unknown): StoredPart {
  // Only own keys: an update may have given the entry a prototype with keys of its own.
  const own = (key: string): unknown =>
    isJsonObject(entry) && Object.hasOwn(entry, key) ? entry[key] : undefined;
  const words = own(PART.text);
  const text = typeof words === 'string' ? words : '';
  return {
    head: own(PART.head),
    state: own(PART.state) ?? WRITTEN_WHOLE,
    data: own(PART.data),
    input: own(PART.input),
    output: own(PART.output),
    error: own(PART.error),
    approval: own(PART.approval),
    decision: own(PART.decision),
    text,
    rawInput: text,
  };
}
