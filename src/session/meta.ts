// What a session says of itself: its schema, title, maker, policy and default
// agent. Every field may be missing or malformed in a hostile or half-arrived
// document; the readers here fall back and name the fault.

import type * as Y from 'yjs';
import * as v from 'valibot';
import { decode, nameSchema, principalSchema, timeSchema, titleSchema } from './decode.ts';
import { fault, type Fault } from './fault.ts';
import { DEFAULT_POLICY, isPolicy, type Policy } from './policy.ts';
import { META, SCHEMA } from './shape.ts';

export interface Meta {
  /** Null while nothing has arrived, or where it is unreadable. */
  readonly schema: number | null;
  readonly title: string;
  /** True where a run's holder named the session and no person has since. */
  readonly titleByAgent: boolean;
  readonly createdAt: number | null;
  readonly createdBy: string | null;
  readonly policy: Policy;
  /** The name of the agent that is asked where a prompt names none. */
  readonly agent: string | null;
}

/** A title that the server wrote for a run's holder; a person's is a plain string. */
const agentTitleSchema = v.looseObject({ byAgent: titleSchema });

/** The stored form of a title that an agent gave. */
export const agentTitle = (title: string): { readonly byAgent: string } => ({ byAgent: title });

export const isAgentTitle = (title: string): boolean =>
  decode(agentTitleSchema, agentTitle(title)) !== undefined;

export function readMeta(meta: Y.Map<unknown>): { meta: Meta; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const read = <Shape>(key: string, schema: v.GenericSchema<unknown, Shape>): Shape | null => {
    const stored = meta.get(key);
    const value = stored === undefined ? undefined : decode(schema, stored);
    if (stored !== undefined && value === undefined) {
      faults.push(fault('malformed', `meta/${key}`, 'Left out; it is not of its shape.'));
    }
    return value ?? null;
  };
  const title = read(META.title, v.union([titleSchema, agentTitleSchema]));
  const policy = read(META.policy, v.custom<Policy>(isPolicy));
  const schema = readSchema(meta);
  if (schema.fault !== undefined) faults.push(schema.fault);
  return {
    meta: Object.freeze({
      schema: schema.version,
      title: typeof title === 'string' ? title : (title?.byAgent ?? ''),
      titleByAgent: title !== null && typeof title !== 'string',
      createdAt: read(META.createdAt, timeSchema),
      createdBy: read(META.createdBy, principalSchema),
      policy: policy ?? DEFAULT_POLICY,
      agent: read(META.agent, nameSchema),
    }),
    faults,
  };
}

/** The schema number of a document, null while it has none, and what is wrong with it. */
export function readSchema(
  meta: Y.Map<unknown>,
  current = SCHEMA,
): { version: number | null; fault?: Fault } {
  const stored = meta.get(META.schema);
  if (stored === undefined) return { version: null };
  if (typeof stored !== 'number' || !Number.isSafeInteger(stored) || stored < 1) {
    const message = 'The schema is no whole number from 1 on: no Holdfast has written this.';
    return { version: null, fault: fault('schema-unknown', 'meta/schema', message) };
  }
  if (stored <= current) return { version: stored };
  const message = `Schema ${stored} is newer than ${current}, which this version reads: update Holdfast.`;
  return { version: stored, fault: fault('schema-newer', 'meta/schema', message) };
}
