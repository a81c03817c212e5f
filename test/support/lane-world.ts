// The same steps in two worlds: written in lanes beside a document, and by plain Yjs clients whose
// ids are the lanes. Both worlds must come to the same document. Types are known by the ids of their
// structs, which must be the same in both.

import fc from 'fast-check';
import * as Y from 'yjs';
import type { JsonObject } from '../../src/base/json.ts';
import { LaneWriter, type Spot, type StructId } from '../../src/session/lane.ts';
import { endOf, keyId } from '../../src/session/struct.ts';
import { copyOf } from './peers.ts';
import { wellFormedText } from './words.ts';

/** `of` says which of the types that were made so far; none of a kind makes it no step. */
export type Step =
  | { readonly do: 'entry' | 'flush' }
  | { readonly do: 'key'; readonly of: number; readonly key: string; readonly value: JsonObject }
  | { readonly do: 'list'; readonly of: number; readonly key: string }
  | { readonly do: 'push'; readonly of: number; readonly kind: 'map' | 'text' | 'json' }
  | { readonly do: 'words'; readonly of: number; readonly text: string }
  | { readonly do: 'root'; readonly key: string; readonly value: JsonObject }
  /** The lane is granted anew, to the next writer; with `other` the other lane goes on. */
  | { readonly do: 'grant'; readonly other: boolean };

const value: fc.Arbitrary<JsonObject> = fc.record(
  {
    text: wellFormedText(4),
    number: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    deep: fc.constantFrom(null, true, [], [1, ['a']], { a: { b: [null] } }),
  },
  // Yjs takes no object without a prototype.
  { noNullPrototype: true },
);
const of = fc.nat(1_000);
const key = fc.constantFrom('a', 'b', 'head', 'ключ');
const make = <Do extends string>(name: Do): fc.Arbitrary<Do> => fc.constant(name);

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('entry' as const, 'flush' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: make('key'), of, key, value }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: make('list'), of, key: fc.constantFrom('parts', 'body') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: make('push'),
      of,
      kind: fc.constantFrom('map' as const, 'text' as const, 'text' as const, 'json' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: make('words'),
      of,
      text: wellFormedText(8).filter((text) => text !== ''),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: make('root'), key, value }) },
  { weight: 1, arbitrary: fc.record({ do: make('grant'), other: fc.boolean() }) },
);

export const laneClients: readonly [number, number] = [1_000_001, 77];

/** Takes the steps in both worlds, beginning with the document. Returns ours and theirs. */
export function runBoth(base: Y.Doc, steps: readonly Step[]): { ours: Y.Doc; theirs: Y.Doc } {
  const ours = new LaneWorld(base);
  const theirs = new ClientWorld(base);
  for (const one of [...steps, { do: 'grant', other: true } as const]) {
    const target = ours.target(one);
    if (target === undefined) continue;
    theirs.take(one, target);
    ours.take(one, target);
  }
  return { ours: ours.doc, theirs: theirs.doc };
}

class LaneWorld {
  readonly doc: Y.Doc;
  #lanes = laneClients.map((client) => new LaneWriter({ client, clock: 0 }));
  #at = 0;
  #maps: StructId[] = [];
  #lists: StructId[] = [];
  #texts: StructId[] = [];
  /** What each list, text and key holds last. */
  #last = new Map<string, StructId>();

  constructor(base: Y.Doc) {
    this.doc = copyOf(base);
  }

  /** The type that a step is about, a root by its name; undefined where there is none. */
  target(one: Step): StructId | string | undefined {
    switch (one.do) {
      case 'key':
        return nth(this.#maps, one.of);
      case 'list': {
        const map = nth(this.#maps, one.of);
        return map === undefined || this.#last.has(nameOf(map, one.key)) ? undefined : map;
      }
      case 'push':
        return nth(this.#lists, one.of);
      case 'words':
        return nth(this.#texts, one.of);
      case 'root':
        return 'runs';
      default:
        return 'messages';
    }
  }

  take(one: Step, target: StructId | string): void {
    const lane = this.#lane;
    switch (one.do) {
      case 'entry':
        this.#maps.push(this.#note(target, lane.type('map', this.#spot(target))));
        return;
      case 'key':
      case 'root':
        this.#note(target, lane.json(one.value, this.#spot(target, one.key)), one.key);
        return;
      case 'list':
        this.#lists.push(
          this.#note(target, lane.type('array', this.#spot(target, one.key)), one.key),
        );
        return;
      case 'push':
        return this.#push(one.kind, target);
      case 'words': {
        const last = this.#last.get(nameOf(target));
        if (last !== undefined) this.#note(target, lane.append(last, one.text));
        else if (typeof target !== 'string') this.#note(target, lane.begin(target, one.text));
        return;
      }
      case 'flush':
        return this.#flush();
      case 'grant':
        this.#flush();
        this.#lanes[this.#at] = new LaneWriter(lane.lane);
        if (one.other) this.#at = 1 - this.#at;
    }
  }

  #push(kind: 'map' | 'text' | 'json', target: StructId | string): void {
    const spot = this.#spot(target);
    const id = kind === 'json' ? this.#lane.json({ n: 1 }, spot) : this.#lane.type(kind, spot);
    this.#note(target, id);
    if (kind === 'map') this.#maps.push(id);
    if (kind === 'text') this.#texts.push(id);
  }

  #flush(): void {
    const update = this.#lane.flush();
    if (update !== undefined) Y.applyUpdate(this.doc, update);
  }

  get #lane(): LaneWriter {
    return this.#lanes[this.#at] as LaneWriter;
  }

  #spot(type: StructId | string, under?: string): Spot {
    const last = this.#last.get(nameOf(type, under));
    if (last !== undefined) return { after: last, keyed: under !== undefined };
    if (typeof type === 'string') return this.#rootSpot(type, under);
    return under === undefined ? { first: type } : { first: type, key: under };
  }

  /** Something may stand in a root before the first step. */
  #rootSpot(name: string, under: string | undefined): Spot {
    if (under === undefined) return endOf(this.doc.getArray(name), name);
    const last = keyId(this.doc.getMap(name), under);
    return last === undefined ? { firstOfRoot: name, key: under } : { after: last, keyed: true };
  }

  #note(type: StructId | string, last: StructId, under?: string): StructId {
    this.#last.set(nameOf(type, under), last);
    return last;
  }
}

class ClientWorld {
  #docs: readonly Y.Doc[];
  #at = 0;

  constructor(base: Y.Doc) {
    this.#docs = laneClients.map((client) => {
      const doc = copyOf(base);
      doc.clientID = client;
      return doc;
    });
  }

  get doc(): Y.Doc {
    return this.#docs[this.#at] as Y.Doc;
  }

  take(one: Step, target: StructId | string): void {
    switch (one.do) {
      case 'entry':
        this.doc.getArray('messages').push([new Y.Map()]);
        return;
      case 'root':
        this.doc.getMap('runs').set(one.key, one.value);
        return;
      case 'key':
        this.#map(target).set(one.key, one.value);
        return;
      case 'list':
        this.#map(target).set(one.key, new Y.Array());
        return;
      case 'push': {
        const made = { map: () => new Y.Map(), text: () => new Y.Text(), json: () => ({ n: 1 }) };
        this.#list(target).push([made[one.kind]()]);
        return;
      }
      case 'words': {
        const text = this.#type(target);
        if (!(text instanceof Y.Text)) throw new Error('no text has this id');
        text.insert(text.length, one.text);
        return;
      }
      case 'flush':
        return;
      case 'grant':
        for (const doc of this.#docs) {
          Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(doc)));
        }
        if (one.other) this.#at = 1 - this.#at;
    }
  }

  #map(id: StructId | string): Y.Map<unknown> {
    const type = this.#type(id);
    if (type instanceof Y.Map) return type;
    throw new Error('no map has this id');
  }

  #list(id: StructId | string): Y.Array<unknown> {
    const type = this.#type(id);
    if (type instanceof Y.Array) return type;
    throw new Error('no list has this id');
  }

  #type(id: StructId | string): unknown {
    if (typeof id === 'string') throw new Error(`the root ${id} has no id`);
    const item = Y.getItem(this.doc.store, Y.createID(id.client, id.clock));
    if (!(item.content instanceof Y.ContentType)) throw new Error('no type has this id');
    return item.content.type;
  }
}

const nameOf = (type: StructId | string, under?: string): string =>
  `${typeof type === 'string' ? type : `${type.client}:${type.clock}`}/${under ?? ''}`;

function nth<Value>(list: readonly Value[], at: number): Value | undefined {
  return list.length === 0 ? undefined : list[at % list.length];
}
