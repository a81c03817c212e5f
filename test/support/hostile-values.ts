// Values that a hostile peer stores where the schema wants something else, and values
// of the right shape that lie. Each list says which promise of the reader it tries.

import { below, type Chance, pick } from '../../src/base/chance.ts';

/** An object that inherits from what the update's reader made of a `__proto__` key. */
const inherited: unknown = JSON.parse('{"__proto__":{"id":"x","role":"user"},"id":"a"}');

function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const wide = Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`k${at}`, at]));

/** What is no JSON, or no JSON within bounds. Made once: a document does not change what it is given. */
const notJson: readonly (() => unknown)[] = [
  () => inherited,
  () => [{ constructor: 1, toString: 'x', prototype: {} }],
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => -0,
  () => 10n ** 30n,
  () => 7n,
  () => new Uint8Array([1, 2, 3]),
  () => ({ bytes: new Uint8Array(2) }),
  () => undefined,
  () => ({ a: undefined }),
  () => nested(1_000),
  () => nested(17),
  () => wide,
  () => 'x'.repeat(300_000),
];

/** JSON of a shape that no key wants. */
const wrongShape: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 1e308,
  () => '',
  () => 'text',
  () => [],
  () => [[[]]],
  () => ({}),
  () => [1, 'two', null],
  () => ({ id: 'a b', role: 'user', author: '', parent: 5, createdAt: -1 }),
  () => ({ state: 'dancing', at: 'now' }),
  () => ({ value: { value: { value: null } } }),
];

/** A value that is not what its place wants. Rarely one that costs much. */
export function wrongValue(chance: Chance): unknown {
  const list = below(chance, 2) === 0 ? notJson : wrongShape;
  const make = pick(chance, list);
  const value = make?.();
  const costly = value === wide || (typeof value === 'string' && value.length > 1_000);
  return costly && below(chance, 20) > 0 ? 'costly' : value;
}

const strangeIds = ['root', '__proto__', 'constructor', 'toString', '-', '0', 'x'.repeat(64)];
const wrongIds = ['', 'a b', 'a/b', 'x'.repeat(65), '../..', '\u0000', '你'];

/** Words that try to be something else where they are shown. */
export const hostileWords: readonly string[] = [
  '# Forged',
  '```\nopen for ever',
  '<!-- open for ever',
  '</h2><script>',
  '\u2028\u0085\r# x',
  '`'.repeat(40),
  '[a]: /b',
  'half \ud83d pair',
  '',
];

/** An id that exists, a new one, one with a meaning in JavaScript, or none at all. */
export function anyId(chance: Chance, known: readonly string[]): unknown {
  switch (below(chance, 8)) {
    case 0:
      return pick(chance, strangeIds);
    case 1:
      return pick(chance, wrongIds);
    case 2:
      return `new-${below(chance, 1_000)}`;
    case 3:
      return wrongValue(chance);
    default:
      return pick(chance, known) ?? 'none';
  }
}

const times = [0, 1, 1_000_000, 5e15, 1e308, 0.5];
const time = (chance: Chance): number => pick(chance, times) ?? 0;
const words = (chance: Chance): string => pick(chance, hostileWords) ?? '';

/** Drops or spoils one key of a value now and then. */
function spoil(chance: Chance, value: Record<string, unknown>): unknown {
  if (below(chance, 3) > 0) return value;
  const key = pick(chance, Object.keys(value)) ?? '';
  const { [key]: _, ...rest } = value;
  return below(chance, 2) === 0 ? rest : { ...rest, [key]: wrongValue(chance) };
}

/** A message head of about the right shape that names others at will. */
export function lyingMessageHead(chance: Chance, known: readonly string[]): unknown {
  const head: Record<string, unknown> = {
    id: anyId(chance, known),
    role: pick(chance, ['user', 'assistant', 'system', 'admin']),
    author: pick(chance, ['ann', 'helper-1', '# x', 'y'.repeat(256)]),
    parent: below(chance, 3) === 0 ? null : anyId(chance, known),
    createdAt: time(chance),
  };
  for (const key of ['run', 'within', 'steers']) {
    if (below(chance, 4) === 0) head[key] = anyId(chance, known);
  }
  if (below(chance, 5) === 0) {
    head['from'] = {
      session: 's',
      message: anyId(chance, known),
      author: words(chance),
      role: 'user',
    };
  }
  return spoil(chance, head);
}

export function lyingRunHead(chance: Chance, known: readonly string[], id: unknown): unknown {
  const head: Record<string, unknown> = {
    id,
    agent: pick(chance, ['helper', '## x', 'z'.repeat(200)]),
    message: anyId(chance, known),
    reply: anyId(chance, known),
    createdBy: 'ann',
    createdAt: time(chance),
  };
  if (below(chance, 2) === 0) head['parentRun'] = anyId(chance, known);
  return spoil(chance, head);
}

export function lyingStatus(chance: Chance, known: readonly string[]): unknown {
  const at = time(chance);
  const statuses: readonly Record<string, unknown>[] = [
    { state: 'queued', at },
    { state: 'running', at },
    { state: 'waiting', at, for: words(chance) },
    { state: 'stalled', at },
    { state: 'complete', at },
    { state: 'cancelled', at, why: 'replaced', run: anyId(chance, known) },
    { state: 'cancelled', at, why: 'withdrawn' },
    { state: 'failed', at, error: { code: 'x', message: words(chance) } },
  ];
  return spoil(chance, pick(chance, statuses) ?? {});
}

export function lyingRequest(chance: Chance, known: readonly string[], id: unknown): unknown {
  const base = { id, run: anyId(chance, known), by: 'ben', at: time(chance) };
  const requests: readonly Record<string, unknown>[] = [
    { ...base, kind: 'cancel', scope: 'tree' },
    { ...base, kind: 'steer', message: anyId(chance, known), queued: anyId(chance, known) },
    { ...base, kind: 'approve', call: anyId(chance, known), hash: 'h' },
    { ...base, kind: 'replace', with: anyId(chance, known) },
    { ...base, kind: 'explode' },
  ];
  return spoil(chance, pick(chance, requests) ?? {});
}

export function lyingAck(chance: Chance): unknown {
  const state = pick(chance, ['accepted', 'settled', 'refused', 'void', 'lost']);
  return spoil(chance, { state, by: 'server', at: time(chance), reason: words(chance) });
}

/** A part as plain JSON. */
export function lyingPart(chance: Chance): unknown {
  const id = pick(chance, ['p1', 'p1', 'p2', 'parts', 'x'.repeat(65)]);
  const type = pick(chance, ['text', 'reasoning', 'tool', 'file', 'source', 'data', 'poem']);
  const head: Record<string, unknown> = { type, id, name: words(chance), at: time(chance) };
  if (type === 'source') {
    head['title'] = words(chance);
    head['url'] = pick(chance, ['https://a.example/>\n# Forged', 'java\tscript:0', '/a', '//b']);
  }
  if (type === 'file') Object.assign(head, { mediaType: 'a/b', size: 1, hash: 'f'.repeat(64) });
  const state = pick(chance, ['done', 'output-available', 'output-error', 'input-available', 'x']);
  return spoil(chance, {
    head: spoil(chance, head),
    text: words(chance),
    state: { state, at: time(chance) },
    input: { value: words(chance) },
    output: { value: [words(chance)], preliminary: below(chance, 2) === 0 },
    error: words(chance),
    data: { value: words(chance) },
    approval: { hash: 'h' },
    decision: { approved: true },
  });
}
