// Who takes part, as each participant says of itself: a name to show, whether it
// is a person or an agent, a colour. One entry per principal, written by it alone.
// Who is here right now is presence, which is never in the document.

import * as v from 'valibot';
import { decode, nameSchema } from './decode.ts';

export interface Profile {
  readonly name: string;
  readonly kind: 'person' | 'agent';
  /** `#rrggbb`. */
  readonly colour?: string | undefined;
}

export interface Participant extends Profile {
  /** The principal. */
  readonly id: string;
}

const profileSchema: v.GenericSchema<unknown, Profile> = v.looseObject({
  name: v.pipe(nameSchema, v.minLength(1)),
  kind: v.picklist(['person', 'agent']),
  colour: v.optional(v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i))),
});

/** Never throws; undefined where the entry is malformed. */
export const decodeProfile = (value: unknown): Profile | undefined => decode(profileSchema, value);
