// What is shown of who is here, read from what strangers say of themselves. Who somebody is
// comes from the server, which stamps it on every state; the rest is their own word, so it is
// bounded and taken for no more than that.

import * as v from 'valibot';
import { isId } from '../../base/id.ts';
import { isJson, isJsonObject, type JsonObject } from '../../base/json.ts';
import { clip } from '../../base/text.ts';
import { limits } from '../../protocol/limits.ts';

/** One device of somebody, as it says. */
export interface PresentDevice {
  readonly client: number;
  readonly principal: string;
  readonly name: string;
  readonly kind: 'person' | 'agent';
  readonly colour: string | null;
  readonly typing: boolean;
  /** The last message that it shows. */
  readonly read: string | null;
  /** Whatever else an app put there. */
  readonly fields: JsonObject;
}

/** Somebody who is here, on however many devices. */
export interface Person {
  readonly principal: string;
  readonly name: string;
  readonly kind: 'person' | 'agent';
  readonly colour: string | null;
  /** How many tabs and devices. */
  readonly devices: number;
  readonly typing: boolean;
  /** The last message that any of them shows. */
  readonly read: string | null;
  /** Of the device that changed last. */
  readonly fields: JsonObject;
}

const FIELDS_NODES_MAX = 500;
const FIELDS_DEPTH_MAX = 8;

const identitySchema = v.object({
  principal: v.pipe(v.string(), v.minLength(1), v.maxLength(limits.principalCharsMax)),
  name: v.string(),
  kind: v.picklist(['person', 'agent']),
});

const isColour = (value: unknown): value is string =>
  typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value);

/** Undefined where nobody stamped it, or it is no state at all. */
export function readDevice(client: number, state: unknown): PresentDevice | undefined {
  if (!isJsonObject(state)) return undefined;
  const identity = v.safeParse(identitySchema, state);
  if (!identity.success) return undefined;
  const { principal, name, kind } = identity.output;
  const { colour, typing, read } = state;
  const own = state['fields'];
  const isFit = isJson(own, { depthMax: FIELDS_DEPTH_MAX, nodesMax: FIELDS_NODES_MAX });
  return {
    client,
    principal,
    name: clip(name, limits.nameCharsMax),
    kind,
    colour: isColour(colour) ? colour : null,
    typing: typing === true,
    read: isId(read) ? read : null,
    fields: isFit && isJsonObject(own) ? own : {},
  };
}

/** Devices as people, in the order in which they came. */
export function peopleOf(devices: Iterable<PresentDevice>): readonly Person[] {
  const people = new Map<string, Person>();
  for (const device of devices) {
    const { principal, name, kind, colour, typing, read, fields } = device;
    const known = people.get(principal);
    people.set(principal, {
      principal,
      name,
      kind,
      colour: colour ?? known?.colour ?? null,
      devices: (known?.devices ?? 0) + 1,
      typing: typing || known?.typing === true,
      read: read ?? known?.read ?? null,
      fields: { ...known?.fields, ...fields },
    });
  }
  return [...people.values()];
}
