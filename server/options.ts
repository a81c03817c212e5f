// A server as a program sees it that has one inside: what it is given, and what can be done
// with it. The declarations that outsiders get lead here and no further.

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A secret that signer and server share (at least 32 bytes), or where the signer publishes its keys. */
export type TokenKeys =
  | { readonly secret: string | Uint8Array }
  | {
      readonly jwksUrl: string | URL;
      /** What `iss` of a token must be, and what its `aud` must name: for keys that sign for others too. */
      readonly issuer?: string;
      readonly audience?: string;
    };

/** What of pino is used; a pino logger is one. */
export interface ServerLogger {
  info(facts: Readonly<Record<string, unknown>>, message: string): void;
  warn(facts: Readonly<Record<string, unknown>>, message: string): void;
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
}

export interface ServerOptions {
  /** The data folder, made where it is missing. One server at a time may use it. */
  readonly data: string;
  /** What tokens are signed with. */
  readonly keys: TokenKeys;
  /** For this machine alone: it answers to its own names only. It has to listen by itself then. */
  readonly isLocal?: boolean;
  /** Pages that may speak to it beside its own, as exact origins. */
  readonly allowedOrigins?: readonly string[];
  /** How many proxies of one's own stand before it; their word about addresses counts. */
  readonly trustProxy?: number;
  /** A folder with the built web app. */
  readonly web?: string;
  /** Nothing is logged where it is absent. */
  readonly logger?: ServerLogger;
}

export interface HoldfastServer {
  /** How many sockets are open. */
  readonly connections: number;
  /** Listens by itself; 0 is any free port. Once. Rejects with a ListenError. */
  listen(where: { readonly host: string; readonly port: number }): Promise<{ url: string }>;
  /** Takes every upgrade of another server; its requests are handed to `request`. */
  attach(server: Server): void;
  /** Answers a request, also one for an address that it does not know. */
  request(request: IncomingMessage, response: ServerResponse): void;
  /** Takes one upgrade, for programs that have sockets of their own beside ours. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Takes nothing new, makes durable what came, sends everybody away and lets go of the folder. */
  close(): Promise<void>;
}
