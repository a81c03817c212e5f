// What Yjs understands by an update, in the words of our reader, so that both can be compared.

import * as Y from 'yjs';
import { readUpdate } from '../../src/protocol/update.ts';
import { syncAnswerBudget } from '../../src/protocol/limits.ts';
import { keyOf, NONE, rootOf, type Struct, type StructKind } from '../../src/protocol/struct.ts';

/** A struct without where its bytes stand. */
export interface Meaning {
  readonly id: string;
  readonly length: number;
  readonly kind: StructKind | 'other';
  readonly origin: string | null;
  readonly right: string | null;
  /** A root's name in quotes, or an id; null where the origins say it. */
  readonly parent: string | null;
  readonly key: string | null;
}

export interface Reading {
  readonly structs: readonly Meaning[];
  readonly ranges: readonly string[];
}

const idText = (client: number, clock: number): string => `${client}:${clock}`;
const ownId = (client: number, clock: number): string | null =>
  client === NONE ? null : idText(client, clock);

function meaningOf(bytes: Uint8Array, struct: Struct): Meaning {
  const root = rootOf(bytes, struct);
  return {
    id: idText(struct.client, struct.clock),
    length: struct.length,
    kind: struct.kind,
    origin: ownId(struct.originClient, struct.originClock),
    right: ownId(struct.rightClient, struct.rightClock),
    parent:
      root === undefined ? ownId(struct.parentClient, struct.parentClock) : JSON.stringify(root),
    key: keyOf(bytes, struct) ?? null,
  };
}

/** What our reader reports, or the rule by which it refuses. */
export function ourReading(bytes: Uint8Array): Reading | string {
  const update = readUpdate(bytes, syncAnswerBudget);
  if (!update.ok) return update.rule;
  return {
    structs: update.structs.map((struct) => meaningOf(bytes, struct)),
    ranges: update.ranges.map(({ client, clock, length }) => `${idText(client, clock)}+${length}`),
  };
}

/** What `Y.decodeUpdate` reports. Throws what it throws. */
export function yjsReading(bytes: Uint8Array): Reading {
  const { structs, ds } = Y.decodeUpdate(bytes);
  return {
    structs: structs.map(yjsMeaning),
    ranges: [...ds.clients].flatMap(([client, ranges]) =>
      ranges.map(({ clock, len }) => `${idText(client, clock)}+${len}`),
    ),
  };
}

type YStruct = ReturnType<typeof Y.decodeUpdate>['structs'][number];

function yjsMeaning(struct: YStruct): Meaning {
  const id = idText(struct.id.client, struct.id.clock);
  const bare = { id, length: struct.length, origin: null, right: null, parent: null, key: null };
  if (struct instanceof Y.Skip) return { ...bare, kind: 'skip' };
  if (!(struct instanceof Y.Item)) return { ...bare, kind: 'gc' };
  const parent: unknown = struct.parent;
  return {
    id,
    length: struct.length,
    kind: kindOf(struct.content),
    origin: struct.origin === null ? null : idText(struct.origin.client, struct.origin.clock),
    right:
      struct.rightOrigin === null
        ? null
        : idText(struct.rightOrigin.client, struct.rightOrigin.clock),
    parent:
      parent instanceof Y.ID
        ? idText(parent.client, parent.clock)
        : typeof parent === 'string'
          ? JSON.stringify(parent)
          : null,
    key: struct.parentSub,
  };
}

function kindOf(content: unknown): Meaning['kind'] {
  if (content instanceof Y.ContentString) return 'string';
  if (content instanceof Y.ContentAny) return 'json';
  if (content instanceof Y.ContentBinary) return 'binary';
  if (content instanceof Y.ContentDeleted) return 'deleted';
  if (!(content instanceof Y.ContentType)) return 'other';
  if (content.type instanceof Y.Text) return 'text';
  return content.type instanceof Y.Map
    ? 'map'
    : content.type instanceof Y.Array
      ? 'array'
      : 'other';
}
