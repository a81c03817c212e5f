// Yjs peers of a session as a room meets them: principals with one or two tabs, who write in the
// roots of a session, are offline at times, copy between their own tabs, and send what Yjs sends: each
// update as it comes, or all that is missing at once. Everything follows from one source of chance.

import * as Y from 'yjs';
import { below, pick, type Chance } from '../../src/base/chance.ts';

export interface Tab {
  readonly principal: string;
  readonly doc: Y.Doc;
  /** Own words that were not sent yet, one update each. */
  outbox: Uint8Array[];
  /** It also writes halves of surrogate pairs, after which its own document says what no other one does. */
  readonly isCareless: boolean;
  /** To whom each client belongs: people write in their own messages. */
  readonly owners: ReadonlyMap<number, string>;
}

const keys = ['title', 'policy', 'a', 'acks', '😀'];
const words = ['a', 'bc ', 'ä', '日本', '😀', 'x😀y'];
/** Of surrogate pairs, as whoever cuts a stream by units writes them. */
const halves = ['\ud83d', '\ude00'] as const;
const maps = ['meta', 'selection'];

export function createTabs(chance: Chance, principals: number, isCareless = false): readonly Tab[] {
  const tabs: Tab[] = [];
  const owners = new Map<number, string>();
  for (let at = 0; at < principals; at++) {
    for (let own = 1 + below(chance, 2); own > 0; own--) {
      const doc = new Y.Doc({ gc: below(chance, 3) > 0 });
      doc.clientID = 1 + below(chance, 2 ** 31);
      owners.set(doc.clientID, `p${at}`);
      tabs.push(createTab(`p${at}`, doc, isCareless, owners));
    }
  }
  return tabs;
}

function createTab(
  principal: string,
  doc: Y.Doc,
  isCareless: boolean,
  owners: ReadonlyMap<number, string>,
): Tab {
  const tab: Tab = { principal, doc, outbox: [], isCareless, owners };
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'other') tab.outbox.push(update);
  });
  return tab;
}

/** One change, or a few in one transaction. */
export function write(chance: Chance, tab: Tab): void {
  tab.doc.transact(() => {
    for (let count = 1 + below(chance, 3); count > 0; count--) writeOnce(chance, tab);
  });
}

function writeOnce(chance: Chance, tab: Tab): void {
  const { isCareless } = tab;
  if (below(chance, 12) === 0) return ask(chance, tab);
  const types = liveTypes(tab);
  // Words that go on are most of what is ever written.
  const texts = below(chance, 3) === 0 ? types.filter((one) => one instanceof Y.Text) : [];
  const type = pick(chance, texts.length > 0 ? texts : types);
  if (type instanceof Y.Text) return writeText(chance, type, isCareless);
  if (type instanceof Y.Array) return writeArray(chance, type, tab);
  if (type instanceof Y.Map) writeMap(chance, type);
}

/** What is written once, by whoever asks; anybody may move a run in the queue. */
function ask(chance: Chance, { doc, principal }: Tab): void {
  const id = `q${chance.uint32()}`;
  const runs = doc.getMap<unknown>('runs');
  const present = [...runs.values()].find((run) => run instanceof Y.Map);
  if (present instanceof Y.Map && below(chance, 2) === 0) {
    present.set('order', chance.uint32());
    return;
  }
  if (below(chance, 2) === 0) doc.getMap('control').set(id, { id, by: principal });
  else
    runs.set(
      id,
      new Y.Map<unknown>([
        ['head', { id }],
        ['acks', new Y.Map()],
      ]),
    );
}

function writeText(chance: Chance, text: Y.Text, isCareless: boolean): void {
  const isDeleting = below(chance, 5) === 0 && text.length > 2;
  if (isDeleting) text.delete(below(chance, text.length - 1), 1);
  else append(text, isCareless ? nextHalf(text) : (pick(chance, words) ?? 'x'));
}

function nextHalf(text: Y.Text): string {
  return text.toJSON().endsWith('\ud83d') ? halves[1] : halves[0];
}

/** Behind everything, deleted or not, so that there is no right origin. */
function append(text: Y.Text, value: string): void {
  text.insert(text.length, value);
}

function writeArray(chance: Chance, array: Y.Array<unknown>, tab: Tab): void {
  const at = below(chance, Math.max(1, array.length));
  if (below(chance, 5) === 0 && array.length > 0 && mayRemove(array.get(at), tab)) {
    array.delete(at, 1);
  } else {
    array.push(below(chance, 2) === 0 ? [newValue(chance)] : [1, 'two', newValue(chance)]);
  }
}

function writeMap(chance: Chance, map: Y.Map<unknown>): void {
  const key = pick(chance, keys) ?? 'a';
  if (below(chance, 6) === 0) map.delete(key);
  else map.set(key, newValue(chance));
}

function newValue(chance: Chance): unknown {
  switch (below(chance, 6)) {
    case 0:
      return new Y.Map([['head', { id: chance.uint32() }]]);
    case 1:
      return Y.Array.from([1, new Y.Map()]);
    case 2:
      return new Y.Text('begin ');
    default:
      return { n: chance.uint32() };
  }
}

/** The roots and the types below them, up to a depth. */
function liveTypes(tab: Tab): unknown[] {
  const { doc } = tab;
  const found: unknown[] = [doc.getArray('messages'), ...maps.map((name) => doc.getMap(name))];
  for (let at = 0; at < found.length && at < 40; at++) {
    const type = found[at];
    if (type instanceof Y.Map) found.push(...type.values());
    if (type instanceof Y.Array) {
      found.push(...type.toArray().filter((one) => mayRemove(one, tab)));
    }
  }
  return found.filter((value) => value instanceof Y.AbstractType && depthOf(value) < 6);
}

/** Whether a message, or what is below one, is the tab's principal's. */
function mayRemove(value: unknown, { doc, owners, principal }: Tab): boolean {
  if (!(value instanceof Y.AbstractType) || value.parent !== doc.getArray('messages')) return true;
  return owners.get((value as Y.Map<unknown>)._item?.id.client ?? 0) === principal;
}

function depthOf(type: Y.AbstractType<unknown>): number {
  let depth = 0;
  for (let at: Y.Item | null = type._item; at !== null; depth++) {
    at = (at.parent as Y.AbstractType<unknown>)._item;
  }
  return depth;
}
