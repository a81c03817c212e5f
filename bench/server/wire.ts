// The leanest client that a server of each dialect takes for a Yjs provider, so that the load costs
// little beside what is measured. It joins, answers as a client that wrote nothing, and hands on
// what it gets as bytes; no document. Raw has no handshake: there, who is connected has joined.
//
// A server may bound the connections of one address and of one principal, and a load comes from one
// machine: so connections are spread over loopback addresses, where there are several, and over
// the principals that the target names.
//
// Hocuspocus sets the name of the document before each message, wants an auth message first, and
// answers SyncStep1 under a type of its own.

import WebSocket from 'ws';
import type { Target } from './contestants.ts';

const AUTH = 2;
const SYNC = 0;
const SYNC_REPLY = 4;
const BARRIER = 102;
const [STEP_1, STEP_2, UPDATE] = [0, 1, 2];

export const nothingKnown: Uint8Array = new Uint8Array([0]);
const CONNECTIONS_PER_SEAT = 400;
let connections = 0;
const nothingNew = new Uint8Array([0, 0]);

export interface Handlers {
  /** An update or the answer to SyncStep1: a view, good during the call. */
  readonly onUpdate?: (update: Uint8Array) => void;
  readonly onBarrier?: () => void;
}

export interface Client {
  /** Sends an update that was framed by `framed`, or by any client of the same session. */
  send(frame: Uint8Array): void;
  framed(update: Uint8Array): Uint8Array;
  barrier(): void;
  end(): Promise<void>;
}

/** Connects, and resolves once all that the session holds has been handed on. */
export function join(
  target: Target,
  session: string,
  handlers: Handlers = {},
  stateVector: Uint8Array = nothingKnown,
): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>();
  const prefix = prefixOf(target, session);
  const at = prefix.length;
  const seat = Math.floor(connections++ / CONNECTIONS_PER_SEAT);
  const socket = new WebSocket(urlOf(target, session, seat), {
    perMessageDeflate: false,
    maxPayload: 64 * 1024 * 1024,
    ...(process.platform === 'linux' && { localAddress: `127.0.1.${1 + seat}` }),
  });
  const client = clientOf(socket, prefix);
  let joined = false;
  socket.on('error', reject);
  socket.on('close', (code, reason) => {
    reject(new Error(`${target.name} closed with ${code} ${reason.toString()}`));
  });
  socket.on('open', () => {
    joined = target.dialect === 'raw';
    if (joined) return resolve(client);
    if (target.dialect === 'hocuspocus') socket.send(authFrame(prefix));
    return socket.send(frame(prefix, [SYNC, STEP_1], stateVector));
  });
  socket.on('message', (bytes: Buffer) => {
    if (target.dialect === 'raw') return handlers.onUpdate?.(payloadOf(bytes, at + 2));
    const type = bytes[at];
    if (type === BARRIER) return handlers.onBarrier?.();
    if (type !== SYNC && type !== SYNC_REPLY) return undefined;
    if (bytes[at + 1] === STEP_1) return socket.send(frame(prefix, [SYNC, STEP_2], nothingNew));
    handlers.onUpdate?.(payloadOf(bytes, at + 2));
    if (!joined && bytes[at + 1] === STEP_2) {
      joined = true;
      resolve(client);
    }
    return undefined;
  });
  return promise;
}

function clientOf(socket: WebSocket, prefix: Uint8Array): Client {
  const barrier = frame(prefix, [BARRIER], new Uint8Array([1]));
  return {
    send: (bytes) => socket.send(bytes),
    framed: (update) => frame(prefix, [SYNC, UPDATE], update),
    barrier: () => socket.send(barrier),
    end() {
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.removeAllListeners('close');
      socket.once('close', () => resolve());
      socket.terminate();
      return promise;
    },
  };
}

function urlOf({ url, dialect, tokens }: Target, session: string, seat: number): URL {
  const to = new URL(dialect === 'hocuspocus' ? '/' : `/sync/${session}`, url);
  to.protocol = 'ws:';
  const token = tokens[seat % tokens.length];
  if (token !== undefined) to.searchParams.set('token', token);
  return to;
}

function prefixOf({ dialect }: Target, session: string): Uint8Array {
  return dialect === 'hocuspocus' ? sized(Buffer.from(session)) : new Uint8Array();
}

/** What its provider sends: the token, and its own version. */
function authFrame(prefix: Uint8Array): Uint8Array {
  const [token, version] = [sized(Buffer.from('token')), sized(Buffer.from('4.7.0'))];
  return Buffer.concat([prefix, new Uint8Array([AUTH, 0]), token, version]);
}

function frame(prefix: Uint8Array, head: readonly number[], payload: Uint8Array): Uint8Array {
  return Buffer.concat([prefix, Uint8Array.from(head), sized(payload)]);
}

function sized(payload: Uint8Array): Uint8Array {
  return Buffer.concat([varUint(payload.length), payload]);
}

function varUint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push(0x80 | (rest & 0x7f));
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** What stands behind its length. */
function payloadOf(bytes: Uint8Array, start: number): Uint8Array {
  let at = start;
  while ((bytes[at] ?? 0) > 0x7f) at += 1;
  return bytes.subarray(at + 1);
}
