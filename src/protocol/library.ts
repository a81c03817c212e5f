// What a person's device and the server say to one another beside the sessions themselves,
// on `WS /library`: the list of sessions, as it is and as it changes, and the desk, which is
// each principal's own rows on every device. Messages of text, each one JSON object in the
// envelope of all our messages (envelope.ts).
//
//     device                       server
//     hello --------------------->
//          <---------------------- ready, page (the first of the list), rows
//     list ---------------------->
//          <---------------------- page
//     write-row ----------------->
//          <---------------------- row-written, and `rows` to one's other devices
//          <---------------------- changed, gone, rows, beat: whenever they happen

import * as v from 'valibot';
import {
  countSchema,
  envelopeFields,
  open,
  seal,
  textSchema,
  type Envelope,
  type EnvelopeRefusal,
  type EnvelopeSchemas,
  type Opened,
} from './envelope.ts';
import { limits } from './limits.ts';
import { isSessionId } from './session-id.ts';
import { type Right, rights, rightSchema } from './token.ts';

/** A session in the list. */
export interface ListEntry {
  readonly session: string;
  /** Empty while it has none. */
  readonly title: string;
  /** The beginning of the last prompt, in one line. */
  readonly preview: string;
  /** Whether an agent is at work in it, or should be. */
  readonly running: boolean;
  /** Milliseconds since 1970, by the server's clock. */
  readonly lastActivity: number;
  readonly createdAt: number;
}

/** A row of the desk. */
export interface DeskRow {
  readonly key: string;
  /** Its value, as JSON text; missing where the row was removed. */
  readonly json?: string | undefined;
  /** Rises with every write of this principal, to whatever row. */
  readonly seq: number;
  /** A value that lost to this one, because its writer had not seen that. */
  readonly alternative?: string | undefined;
}

/** The first message, from the device, within 5 s. */
export interface LibraryHello extends Envelope {
  readonly type: 'hello';
  /** Missing where the connection brought one already, by header or subprotocol. */
  readonly token?: string | undefined;
  /** The last seq of the desk that the device has, 0 for none; missing where it wants none of it. */
  readonly rowsAfter?: number | undefined;
}

export interface LibraryReady extends Envelope {
  readonly type: 'ready';
  /** Changes with every start of the server's log. */
  readonly incarnation: string;
  readonly principal: string;
  readonly rights: readonly Right[];
  /** When the token ends, in milliseconds since 1970 by the server's clock. */
  readonly expiresAt: number;
}

export interface RenewLibraryToken extends Envelope {
  readonly type: 'renew-token';
  readonly token: string;
}

export interface LibraryTokenRenewed extends Envelope {
  readonly type: 'token-renewed';
  readonly rights: readonly Right[];
  readonly expiresAt: number;
}

/** Asks for the next page of the list. */
export interface AskList extends Envelope {
  readonly type: 'list';
  readonly cursor: string;
}

/** The latest first. Every session of it is in no other page, unless something happened in it. */
export interface ListPageMessage extends Envelope {
  readonly type: 'page';
  readonly sessions: readonly ListEntry[];
  /** What to ask the next page with; null at the end. */
  readonly cursor: string | null;
}

/** They are in the list, and look like this now. */
export interface SessionsChanged extends Envelope {
  readonly type: 'changed';
  readonly sessions: readonly ListEntry[];
}

/** They are not in the list any more: deleted, or not shared with this principal now. */
export interface SessionsGone extends Envelope {
  readonly type: 'gone';
  readonly sessions: readonly string[];
}

/** Writes a row of the desk. */
export interface WriteRow extends Envelope {
  readonly type: 'write-row';
  readonly key: string;
  /** Missing removes it. */
  readonly json?: string | undefined;
  /** The seq of the row that the writer has seen, 0 for none. */
  readonly known: number;
}

export interface RowWritten extends Envelope {
  readonly type: 'row-written';
  readonly row: DeskRow;
}

/** In the order of seq, and after all that was sent before. */
export interface DeskRows extends Envelope {
  readonly type: 'rows';
  readonly rows: readonly DeskRow[];
  /** More of what is there already follows. */
  readonly more: boolean;
}

/** Every 15 s, so that silence means that the connection is lost. */
export interface LibraryBeat extends Envelope {
  readonly type: 'beat';
}

/** The request named by `re` failed, or a message was not understood. */
export interface LibraryError extends Envelope {
  readonly type: 'error';
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** What a device says. */
export type LibraryRequest = LibraryHello | RenewLibraryToken | AskList | WriteRow;

/** What the server says. */
export type LibraryNews =
  | LibraryReady
  | LibraryTokenRenewed
  | ListPageMessage
  | SessionsChanged
  | SessionsGone
  | RowWritten
  | DeskRows
  | LibraryBeat
  | LibraryError;

const sessionSchema = v.custom<string>(isSessionId);
const tokenSchema = textSchema(limits.tokenBytesMax);
const rightsSchema = v.pipe(v.array(rightSchema), v.maxLength(rights.length));
const cursorSchema = textSchema(limits.cursorCharsMax);
const rowTextSchema = v.pipe(v.string(), v.maxBytes(limits.rowBytesMax));

/** A half of a surrogate pair would come back as another key. */
export const rowKeySchema: v.GenericSchema<unknown, string> = v.pipe(
  textSchema(limits.rowKeyCharsMax),
  v.check((key) => key.isWellFormed()),
);

const entrySchema: v.GenericSchema<unknown, ListEntry> = v.object({
  session: sessionSchema,
  title: v.pipe(v.string(), v.maxLength(limits.titleCharsMax)),
  preview: v.pipe(v.string(), v.maxLength(limits.previewCharsMax)),
  running: v.boolean(),
  lastActivity: countSchema,
  createdAt: countSchema,
});
const entriesSchema = v.pipe(v.array(entrySchema), v.maxLength(limits.listPageSessionsMax));

const rowSchema: v.GenericSchema<unknown, DeskRow> = v.object({
  key: rowKeySchema,
  json: v.optional(rowTextSchema),
  seq: countSchema,
  alternative: v.optional(rowTextSchema),
});

export const libraryRequestSchemas: EnvelopeSchemas<LibraryRequest> = {
  hello: v.object({
    ...envelopeFields,
    type: v.literal('hello'),
    token: v.optional(tokenSchema),
    rowsAfter: v.optional(countSchema),
  }),
  'renew-token': v.object({
    ...envelopeFields,
    type: v.literal('renew-token'),
    token: tokenSchema,
  }),
  list: v.object({ ...envelopeFields, type: v.literal('list'), cursor: cursorSchema }),
  'write-row': v.object({
    ...envelopeFields,
    type: v.literal('write-row'),
    key: rowKeySchema,
    json: v.optional(rowTextSchema),
    known: countSchema,
  }),
};

export const libraryNewsSchemas: EnvelopeSchemas<LibraryNews> = {
  ready: v.object({
    ...envelopeFields,
    type: v.literal('ready'),
    incarnation: textSchema(limits.wordCharsMax),
    principal: textSchema(limits.principalCharsMax),
    rights: rightsSchema,
    expiresAt: countSchema,
  }),
  'token-renewed': v.object({
    ...envelopeFields,
    type: v.literal('token-renewed'),
    rights: rightsSchema,
    expiresAt: countSchema,
  }),
  page: v.object({
    ...envelopeFields,
    type: v.literal('page'),
    sessions: entriesSchema,
    cursor: v.nullable(cursorSchema),
  }),
  changed: v.object({ ...envelopeFields, type: v.literal('changed'), sessions: entriesSchema }),
  gone: v.object({
    ...envelopeFields,
    type: v.literal('gone'),
    sessions: v.pipe(v.array(sessionSchema), v.maxLength(limits.listPageSessionsMax)),
  }),
  'row-written': v.object({ ...envelopeFields, type: v.literal('row-written'), row: rowSchema }),
  rows: v.object({
    ...envelopeFields,
    type: v.literal('rows'),
    rows: v.pipe(v.array(rowSchema), v.maxLength(limits.rowsPageMax)),
    more: v.boolean(),
  }),
  beat: v.object({ ...envelopeFields, type: v.literal('beat') }),
  error: v.object({
    ...envelopeFields,
    type: v.literal('error'),
    code: textSchema(limits.wordCharsMax),
    message: textSchema(limits.sentenceCharsMax),
    retryable: v.boolean(),
  }),
};

/** The text of a message, in our version. */
export function encodeLibrary(message: LibraryRequest | LibraryNews): string {
  return seal(message);
}

export function decodeLibraryRequest(text: string): Opened<LibraryRequest> | EnvelopeRefusal {
  return open(text, libraryRequestSchemas);
}

export function decodeLibraryNews(text: string): Opened<LibraryNews> | EnvelopeRefusal {
  return open(text, libraryNewsSchemas);
}
