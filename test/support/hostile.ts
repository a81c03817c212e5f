// A hostile peer: attacks on a session document that are valid Yjs and break a rule
// of the session, each a row of one table and named by the rule it breaks. They stay
// inside one document; what they emit reaches others as updates. Attacks on the bytes
// of an update are hostile-bytes.ts.

import * as Y from 'yjs';
import { below, type Chance, pick } from '../../src/base/chance.ts';
import { PART, rootsOf, RUN, type Roots } from '../../src/session/shape.ts';
import {
  anyId,
  hostileWords,
  lyingAck,
  lyingMessageHead,
  lyingPart,
  lyingRequest,
  lyingRunHead,
  lyingStatus,
  wrongValue,
} from './hostile-values.ts';

interface Target {
  readonly doc: Y.Doc;
  readonly roots: Roots;
  readonly chance: Chance;
  /** Ids of messages and runs that are there. */
  readonly known: readonly string[];
}

type Attack = (target: Target) => void;

type Keyed = Exclude<keyof Roots, 'messages'>;
const keyed: readonly Keyed[] = [
  'meta',
  'runs',
  'control',
  'participants',
  'annotations',
  'selection',
];

/** Does one attack at random. Returns its name. */
export function attack(doc: Y.Doc, chance: Chance): string {
  const name = pick(chance, attackNames) ?? '';
  const roots = rootsOf(doc);
  const target: Target = { doc, roots, chance, known: knownIds(roots) };
  doc.transact(() => attacks[name]?.(target));
  return name;
}

function knownIds(roots: Roots): readonly string[] {
  const ids: string[] = [...roots.runs.keys()];
  for (const message of entries(roots.messages)) {
    const head = message instanceof Y.Map ? message.get('head') : undefined;
    const id: unknown = typeof head === 'object' && head !== null ? Reflect.get(head, 'id') : 0;
    if (typeof id === 'string') ids.push(id);
  }
  for (const run of roots.runs.values()) {
    const head = run instanceof Y.Map ? run.get('head') : undefined;
    const reply: unknown =
      typeof head === 'object' && head !== null ? Reflect.get(head, 'reply') : 0;
    if (typeof reply === 'string') ids.push(reply);
  }
  return ids;
}

const entries = (list: Y.Array<unknown>): readonly unknown[] => list.toArray();

const maps = (values: Iterable<unknown>): readonly Y.Map<unknown>[] =>
  [...values].filter((value): value is Y.Map<unknown> => value instanceof Y.Map);

const one = <Value>(chance: Chance, values: Iterable<Value>): Value | undefined =>
  pick(chance, [...values]);

const anyMessage = ({ roots, chance }: Target): Y.Map<unknown> | undefined =>
  one(chance, maps(entries(roots.messages)));

const anyRun = ({ roots, chance }: Target): Y.Map<unknown> | undefined =>
  one(chance, maps(roots.runs.values()));

function lists(values: Iterable<unknown>): readonly Y.Array<unknown>[] {
  return [...values].filter((value): value is Y.Array<unknown> => value instanceof Y.Array);
}

const partLists = ({ roots }: Target): readonly Y.Array<unknown>[] =>
  lists(maps(entries(roots.messages)).map((message) => message.get('parts')));

const parts = (target: Target): readonly Y.Map<unknown>[] =>
  partLists(target).flatMap((list) => maps(entries(list)));

const bodies = (target: Target): readonly Y.Array<unknown>[] =>
  lists(parts(target).map((part) => part.get('body')));

const segments = (target: Target): readonly Y.Text[] =>
  bodies(target)
    .flatMap(entries)
    .filter((entry): entry is Y.Text => entry instanceof Y.Text);

const place = (chance: Chance, length: number): number => below(chance, length + 1);

function listOf(values: unknown[]): Y.Array<unknown> {
  const list = new Y.Array<unknown>();
  list.push(values);
  return list;
}

/** A nested type that no schema has at this place. */
function strangeType(chance: Chance): unknown {
  const makers: readonly (() => unknown)[] = [
    () => new Y.Text('words'),
    () => new Y.Array(),
    () => new Y.Map(),
    () => new Y.XmlText('xml'),
    () => new Y.XmlElement('p'),
    () => new Y.XmlFragment(),
    () => new Y.XmlHook('hook'),
    () => new Y.Doc({ guid: `sub-${below(chance, 100)}` }),
    () => listOf([new Y.Map<unknown>([['head', wrongValue(chance)]])]),
  ];
  return pick(chance, makers)?.();
}

const stranger = (chance: Chance): unknown =>
  below(chance, 2) === 0 ? strangeType(chance) : wrongValue(chance);

/** For a list, into which Yjs puts these two only inside something else. */
function listed(chance: Chance): unknown {
  const value = stranger(chance);
  return value === undefined || typeof value === 'bigint' ? [value] : value;
}

function liveParts(chance: Chance): Y.Array<unknown> {
  const list: unknown[] = [];
  for (let at = below(chance, 3); at >= 0; at--) {
    const stored = lyingPart(chance);
    const plain = typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
    const body = listOf([new Y.Text(pick(chance, hostileWords)), strangeType(chance)]);
    list.push(new Y.Map<unknown>([...plain, [PART.body, below(chance, 3) === 0 ? 'no' : body]]));
  }
  return listOf(list);
}

const someParts = (chance: Chance): unknown =>
  below(chance, 2) === 0 ? liveParts(chance) : [lyingPart(chance), lyingPart(chance)];

function insertMessage({ roots, chance }: Target, head: unknown): void {
  const message = new Y.Map<unknown>([['head', head]]);
  if (below(chance, 5) > 0) message.set('parts', someParts(chance));
  roots.messages.insert(place(chance, roots.messages.length), [message]);
}

const runEntry = (head: unknown): Y.Map<unknown> =>
  new Y.Map<unknown>([
    [RUN.head, head],
    [RUN.acks, new Y.Map()],
  ]);

function drop(list: Y.Array<unknown>, chance: Chance): void {
  if (list.length === 0) return;
  const at = below(chance, list.length);
  list.delete(at, 1 + below(chance, Math.min(3, list.length - at)));
}

const onText =
  (act: (text: Y.Text, chance: Chance) => void): Attack =>
  (target) => {
    const text = one(target.chance, segments(target));
    if (text !== undefined) act(text, target.chance);
  };

const attacks: Readonly<Record<string, Attack>> = {
  'a root holds what no schema knows': ({ roots, chance, known }) => {
    const key = anyId(chance, known);
    const root = roots[pick(chance, keyed) ?? 'meta'];
    root.set(typeof key === 'string' ? key : 'k', stranger(chance));
  },
  'a key that is there is overwritten': ({ roots, chance }) => {
    const root = roots[pick(chance, keyed) ?? 'meta'];
    const key = one(chance, root.keys());
    if (key !== undefined) root.set(key, stranger(chance));
  },
  'a key that is there is deleted': ({ roots, chance }) => {
    const root = roots[pick(chance, keyed) ?? 'meta'];
    const key = one(chance, root.keys());
    if (key !== undefined) root.delete(key);
  },
  'a root no schema has': ({ doc, chance }) => {
    const root = doc.getMap(pick(chance, ['secrets', '__proto__', 'x'.repeat(300)]));
    if (below(chance, 3) === 0) root.delete('a');
    else root.set('a', 1);
  },
  'a root of another type': (target) => {
    const stray = new Y.Doc();
    stray.clientID = 1 + below(target.chance, 4_000_000);
    const name = pick(target.chance, [...keyed, 'messages']) ?? 'meta';
    const kind = below(target.chance, 3);
    if (kind === 0) stray.getArray(name).push([1, 'two', new Y.Map()]);
    else if (kind === 1) stray.getText(name).insert(0, 'words', { bold: true });
    else stray.getMap(name).set('head', { id: 'a' });
    Y.applyUpdate(target.doc, Y.encodeStateAsUpdate(stray));
  },
  'entries of the list that are no messages': ({ roots, chance }) => {
    const strangers = [listed(chance), ...(below(chance, 2) === 0 ? [1, 2] : [])];
    roots.messages.insert(place(chance, roots.messages.length), strangers);
  },
  'an entry is deleted': ({ roots, chance }) => drop(roots.messages, chance),
  'one entry comes in the middle and another goes': (target) => {
    drop(target.roots.messages, target.chance);
    insertMessage(target, lyingMessageHead(target.chance, target.known));
  },
  'a message whose head lies': (target) =>
    insertMessage(target, lyingMessageHead(target.chance, target.known)),
  'a message without a head': (target) => insertMessage(target, undefined),
  'an id twice': (target) => {
    const head = anyMessage(target)?.get('head');
    if (head instanceof Y.AbstractType || head instanceof Y.Doc) return;
    if (head !== undefined) insertMessage(target, head);
  },
  'a head is overwritten': (target) => {
    const head = lyingMessageHead(target.chance, target.known);
    anyMessage(target)?.set('head', head);
  },
  'a head is deleted': (target) => anyMessage(target)?.delete('head'),
  'the parts are other parts': (target) =>
    anyMessage(target)?.set('parts', someParts(target.chance)),
  'the parts are no parts': (target) => anyMessage(target)?.set('parts', stranger(target.chance)),
  'a message has keys of its own': (target) =>
    anyMessage(target)?.set('mood', stranger(target.chance)),
  'entries among parts that are no parts': (target) => {
    const list = one(target.chance, partLists(target));
    list?.insert(place(target.chance, list.length), [listed(target.chance)]);
  },
  'a part is deleted': (target) => {
    const list = one(target.chance, partLists(target));
    if (list !== undefined) drop(list, target.chance);
  },
  'a part is changed': (target) => {
    const key = pick(target.chance, [...Object.values(PART), 'mood']) ?? 'head';
    const stored = lyingPart(target.chance);
    const value: unknown =
      typeof stored === 'object' && stored !== null ? Reflect.get(stored, key) : undefined;
    const chosen = below(target.chance, 2) === 0 ? value : stranger(target.chance);
    one(target.chance, parts(target))?.set(key, chosen);
  },
  'a body that is not texts': (target) => {
    const body = one(target.chance, bodies(target));
    body?.insert(place(target.chance, body.length), [listed(target.chance)]);
  },
  'a segment goes': (target) => {
    const body = one(target.chance, bodies(target));
    if (body !== undefined) drop(body, target.chance);
  },
  'a segment comes in the middle': (target) => {
    const body = one(target.chance, bodies(target));
    body?.insert(place(target.chance, body.length), [new Y.Text('between')]);
  },
  'words in the middle of words': onText((text, chance) => {
    text.insert(place(chance, text.length), pick(chance, hostileWords) ?? '');
  }),
  'words are taken out': onText((text, chance) => {
    if (text.length === 0) return;
    const at = below(chance, text.length);
    text.delete(at, 1 + below(chance, text.length - at));
  }),
  'words with formats and embeds': onText((text, chance) => {
    text.insertEmbed(place(chance, text.length), { a: 1 });
    if (text.length > 2) text.format(0, text.length - 1, { bold: true });
  }),
  'a segment far too long': onText((text, chance) => {
    text.insert(place(chance, text.length), 'y'.repeat(below(chance, 8) === 0 ? 64_500 : 4_100));
  }),
  'a run whose head lies': ({ roots, chance, known }) => {
    const id = anyId(chance, known);
    const key = typeof id === 'string' ? id : 'r';
    roots.runs.set(key, runEntry(lyingRunHead(chance, known, key)));
  },
  'the head of a run is overwritten': (target) => {
    const id = one(target.chance, target.roots.runs.keys());
    const head = lyingRunHead(target.chance, target.known, id);
    anyRun(target)?.set(RUN.head, head);
  },
  'a run is put into another state': (target) =>
    anyRun(target)?.set(RUN.status, lyingStatus(target.chance, target.known)),
  'a run has a key of another shape': (target) => {
    const key = pick(target.chance, Object.values(RUN)) ?? RUN.claim;
    anyRun(target)?.set(key, stranger(target.chance));
  },
  'many runs name one reply': ({ roots, chance, known }) => {
    const reply = anyId(chance, known);
    for (let at = 0; at < 5; at++) {
      const id = `many-${below(chance, 1_000)}`;
      const message = anyId(chance, known);
      const head = { id, agent: 'a', message, reply, createdBy: 'b', createdAt: below(chance, 9) };
      const entry = runEntry(head);
      if (below(chance, 2) === 0) entry.set(RUN.status, lyingStatus(chance, known));
      roots.runs.set(id, entry);
    }
  },
  'runs and messages in a circle': ({ roots, chance }) => {
    const names = ['c1', 'c2', 'c3'];
    for (const [at, id] of names.entries()) {
      const next = names[(at + 1) % names.length];
      const head = { id, role: 'user', author: 'x', parent: next, createdAt: 1 };
      if (below(chance, 2) === 0) roots.messages.push([new Y.Map<unknown>([['head', head]])]);
      const run = { id, agent: 'a', message: id, reply: next, createdBy: 'b', createdAt: at };
      const entry = runEntry({ ...run, parentRun: next });
      const status = { state: 'cancelled', at: 1, why: 'replaced', run: next };
      if (below(chance, 2) === 0) entry.set(RUN.status, status);
      roots.runs.set(id, entry);
    }
  },
  'a request that lies': ({ roots, chance, known }) => {
    const id = anyId(chance, known);
    const key = typeof id === 'string' ? id : 'q';
    roots.control.set(key, lyingRequest(chance, known, key));
  },
  'an answer that lies': (target) => {
    const acks = anyRun(target)?.get(RUN.acks);
    const id = one(target.chance, target.roots.control.keys()) ?? 'none';
    if (acks instanceof Y.Map) acks.set(id, lyingAck(target.chance));
  },
  'an answer goes': (target) => {
    const acks = anyRun(target)?.get(RUN.acks);
    const id = acks instanceof Y.Map ? one(target.chance, acks.keys()) : undefined;
    if (acks instanceof Y.Map && id !== undefined) acks.delete(id);
  },
  'a choice that leads nowhere': ({ roots, chance, known }) => {
    const parent = anyId(chance, [...known, 'root']);
    roots.selection.set(typeof parent === 'string' ? parent : 'root', anyId(chance, known));
  },
  'a schema of another kind': ({ roots, chance }) => {
    if (below(chance, 4) > 0) roots.meta.set('title', stranger(chance));
    else roots.meta.set('schema', pick(chance, [2, 0, 1.5, 'one', null]));
  },
};

/** The names of all attacks. */
export const attackNames: readonly string[] = Object.keys(attacks);
