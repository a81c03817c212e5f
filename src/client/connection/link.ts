// One socket, from when it is dialled to its end, and all that lives no longer than it: what goes
// up, whether it still lives, its token. It speaks our two types of frame; what it learns it
// tells, and decides nothing.

import { unreachable } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import {
  type CommandError,
  type Command,
  decodeCommand,
  encodeCommand,
  refusedCommand,
} from '../../protocol/command.ts';
import type { ClaimRequest } from '../../protocol/claim.ts';
import type { Ready, Refused } from '../../protocol/command.ts';
import { encodeFrame, frameTypes } from '../../protocol/frame.ts';
import {
  type ConnectionError,
  notUnderstood,
  serverError,
  tokenUnavailable,
} from './connection-error.ts';
import { Pulse } from './pulse.ts';
import { Renewal } from './renewal.ts';
import type { SocketKeeper, SocketLine } from './socket.ts';
import { Uplink } from './uplink.ts';

/** Who the server takes us for, and what we may do; told when it lets us in and when that changes. */
export type Admission = Pick<
  Ready,
  'generation' | 'incarnation' | 'principal' | 'rights' | 'expiresAt'
>;

export interface LinkParts {
  readonly clock: Clock;
  readonly line: SocketLine;
  /** With which it says hello. */
  readonly token: string;
  readonly fetchToken: () => Promise<string>;
  readonly position: () => number;
  readonly durableBefore: number;
  readonly told: LinkListener;
}

export interface LinkListener {
  readonly admitted: (admission: Admission, isFirst: boolean) => void;
  /** Something came that brings the whole of the session nearer. */
  readonly progress: () => void;
  readonly sent: (position: number) => void;
  readonly durable: (position: number) => void;
  readonly refused: (refused: Pick<Refused, 'client' | 'clock' | 'rule'>) => void;
  readonly lost: () => void;
  readonly tokenEnded: () => void;
  readonly error: (error: ConnectionError) => void;
  /** Who waits for runs; what a holder of runs hears, and the answers to what was asked by `ask`. */
  readonly command: (command: Command) => void;
}

/** A request as it is asked; the link gives it its id. */
export type Asked = ClaimRequest extends infer One
  ? One extends ClaimRequest
    ? Omit<One, 'id'>
    : never
  : never;

export class Link implements SocketKeeper {
  #parts: LinkParts;
  #uplink: Uplink;
  #pulse: Pulse | undefined;
  #renewal: Renewal | undefined;
  #admission: Admission | undefined;
  #commands = 0;
  #asked = new Set<number>();
  #isOver = false;

  constructor(parts: LinkParts) {
    const { clock, line, position, told, durableBefore } = parts;
    this.#parts = parts;
    const { sent, durable } = told;
    this.#uplink = new Uplink({ clock, line, position, sent, durable }, durableBefore);
  }

  /** The first frame. */
  hello(generation: string | undefined): void {
    const { token } = this.#parts;
    this.#say({ id: ++this.#commands, type: 'hello', token, ...(generation && { generation }) });
  }

  /** From now on a silence is a fault. */
  watch(): void {
    if (this.#isOver) return;
    this.#pulse = new Pulse({
      clock: this.#parts.clock,
      probe: () => this.#uplink.probe(),
      backlog: () => this.#uplink.backlog,
      dead: () => this.#parts.told.lost(),
    });
  }

  wake(): void {
    this.#pulse?.wake();
  }

  end(): void {
    this.#isOver = true;
    this.#uplink.end();
    this.#pulse?.end();
    this.#renewal?.end();
  }

  take(frame: Uint8Array): void {
    this.#uplink.take(frame);
  }

  /** Asks behind all updates that were written before. Returns the id that the answer names. */
  ask(request: Asked): number {
    const id = ++this.#commands;
    this.#asked.add(id);
    const json = encodeCommand({ ...request, id });
    this.#uplink.say(encodeFrame({ type: 'command', json }));
    return id;
  }

  hear(message: Uint8Array): void {
    this.#pulse?.heard();
    const [type] = message;
    if (type === frameTypes.sync || type === frameTypes.command) this.#parts.told.progress();
    this.#uplink.hear(message);
  }

  failed(error: unknown): void {
    if (this.#isOver) return;
    this.#parts.told.error(notUnderstood(error));
    this.#parts.told.lost();
  }

  barrier(mark: Uint8Array): void {
    this.#uplink.echoed(mark);
  }

  command(json: string): void {
    const decoded = decodeCommand(json);
    if (!decoded.ok) return this.#say(refusedCommand(++this.#commands, decoded));
    if ('command' in decoded) this.#obey(decoded.command);
  }

  #obey(command: Command): void {
    const { told } = this.#parts;
    switch (command.type) {
      case 'ready':
        return this.#admit(command);
      case 'token-renewed':
        return this.#renewed(command);
      case 'refused': {
        const { client, clock, rule } = command;
        this.#uplink.refused();
        return told.refused({ client, clock, rule });
      }
      case 'error':
        return this.#failedAt(command);
      case 'claimed':
      case 'done':
      case 'lease-lost':
      case 'agents':
        return told.command(command);
      case 'hello':
      case 'renew-token':
      case 'claim':
      case 'renew':
      case 'advance':
      case 'ack':
      case 'usage':
      case 'title':
      case 'release':
        // What only a client says. To answer would be to talk with an echo.
        return undefined;
      default:
        return unreachable(command);
    }
  }

  #admit({ generation, incarnation, principal, rights, expiresAt }: Ready): void {
    const isFirst = this.#admission === undefined;
    this.#admission = { generation, incarnation, principal, rights, expiresAt };
    this.#parts.told.admitted(this.#admission, isFirst);
    if (this.#isOver || !isFirst) return;
    const { clock, token, fetchToken, told } = this.#parts;
    const parts = {
      clock,
      token: fetchToken,
      send: (next: string) => this.#renew(next),
      failed: () => told.tokenEnded(),
      report: (cause: unknown) => told.error(tokenUnavailable(cause)),
    };
    this.#renewal = new Renewal(parts, token, expiresAt);
  }

  #renew(token: string): number {
    const id = ++this.#commands;
    this.#say({ id, type: 'renew-token', token });
    return id;
  }

  #renewed({ re, rights, expiresAt }: Extract<Command, { type: 'token-renewed' }>): void {
    if (this.#admission === undefined || this.#renewal?.isOwn(re) !== true) return;
    this.#admission = { ...this.#admission, rights, expiresAt };
    this.#renewal.renewed(expiresAt);
    this.#parts.told.admitted(this.#admission, false);
  }

  #failedAt(error: CommandError): void {
    const { re, code, message, retryable } = error;
    if (re !== undefined && this.#asked.has(re)) return this.#parts.told.command(error);
    this.#parts.told.error(serverError(code, message, retryable));
    if (this.#renewal?.isOwn(re) === true) this.#renewal.refused(retryable);
  }

  #say(command: Command): void {
    if (this.#isOver) return;
    this.#parts.line.send(encodeFrame({ type: 'command', json: encodeCommand(command) }));
  }
}
