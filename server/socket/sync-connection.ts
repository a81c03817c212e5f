// One connection of `WS /sync/:session`, from its upgrade to its end:
//
//     hello --first frame in time--> entering --let in--> live --> closed
//       '--a token came with the upgrade--^
//
// Until it is let in, nothing is loaded for it and what it sends waits. Then its frames are
// decoded here, commands are answered here, and everything else is its room's.

import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { assert } from '../../src/base/assert.ts';
import { isClaimRequest } from '../../src/protocol/claim.ts';
import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import {
  type Command,
  decodeCommand,
  refusedCommand,
  type Hello,
  type RenewToken,
} from '../../src/protocol/command.ts';
import { decodeFrame, heartbeatFrame, type Frame } from '../../src/protocol/frame.ts';
import { limits } from '../../src/protocol/limits.ts';
import { rights, type Claims } from '../../src/protocol/token.ts';
import type { Access } from '../access/access.ts';
import { packetOf } from '../room/packet.ts';
import { Peer } from '../room/peer.ts';
import type { Room } from '../room/room.ts';
import { SocketLine } from './socket-line.ts';
import type { OpenConnection, SyncParts } from './sync-parts.ts';
import { Welcome } from './welcome.ts';

const heartbeat = packetOf(heartbeatFrame);

export class SyncConnection implements OpenConnection {
  readonly session: string;
  #parts: SyncParts;
  #ws: WebSocket;
  #socket: Duplex;
  #line: SocketLine;
  #state: 'hello' | 'entering' | 'live' | 'closed' = 'hello';
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #hello: Hello | undefined;
  #greeting: Welcome;
  #claims: Claims | undefined;
  #access: Access | undefined;
  #peer: Peer | undefined;
  #room: Room | undefined;
  #silent = 0;
  #timers = new Map<'hello' | 'expiry', () => void>();
  #release: (() => void) | undefined;
  /** Counts judgements of this connection's access; only the newest one counts. */
  #judgements = 0;

  constructor(parts: SyncParts, ws: WebSocket, socket: Duplex, session: string) {
    this.#parts = parts;
    this.#ws = ws;
    this.#socket = socket;
    this.session = session;
    this.#greeting = new Welcome(parts, session);
    this.#line = new SocketLine(ws, socket, parts.limits.socketBytesMax, {
      sent: (frames, bytes) => parts.report.sent(frames, bytes),
      slow: () => {
        parts.report.slow(session);
        this.#end();
      },
    });
    ws.binaryType = 'nodebuffer';
    ws.on('message', (data: RawData, isBinary: boolean) => this.#onMessage(data, isBinary));
    ws.on('pong', () => {
      this.#silent = 0;
    });
    // What `ws` finds wrong it answers itself, with a close.
    ws.on('error', () => undefined);
    ws.on('close', () => this.#onClose());
  }

  get principal(): string | undefined {
    return this.#claims?.sub;
  }

  /** Begins: with the token that came with the upgrade, or by waiting for a first frame with one. */
  start(token: string | undefined): void {
    if (token !== undefined) return this.#run(this.#enter(token));
    const { clock } = this.#parts;
    this.#timers.set(
      'hello',
      clock.after(limits.helloMsMax, () => this.close(closeReasons.token)),
    );
    this.#watchFirstBytes();
  }

  /** Every 15 seconds. Whoever is silent for too long is gone, whatever TCP believes. */
  beat(): void {
    if (this.#silent >= 2) return this.#ws.terminate();
    this.#silent++;
    this.#ws.ping();
    if (this.#state === 'live') this.#line.send([heartbeat]);
  }

  /** Who it is may do something else here now: judged anew. */
  rejudge(): void {
    if (this.#claims !== undefined) this.#run(this.#judge(this.#claims));
  }

  close(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#end();
    this.#line.close(reason);
  }

  /** What throws here is a fault of ours, and costs this connection only. */
  #run(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#parts.report.broken(this.session, error);
      this.close(closeReasons.unavailable);
    });
  }

  terminate(): void {
    this.#end();
    this.#ws.terminate();
  }

  /** Before a first whole frame there may not be many bytes. */
  #watchFirstBytes(): void {
    let bytes = 0;
    const count = (chunk: Uint8Array): void => {
      bytes += chunk.length;
      if (this.#state !== 'hello') this.#socket.off('data', count);
      else if (bytes > limits.commandBytesMax) this.#ws.terminate();
    };
    this.#socket.on('data', count);
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#silent = 0;
    if (this.#state === 'closed') return;
    if (!isBinary || !Buffer.isBuffer(data)) return this.close(closeReasons.refused);
    this.#parts.report.received(data.length);
    if (this.#state === 'live') return this.#take(data);
    if (this.#state === 'hello') return this.#greet(data);
    this.#waiting.push(data);
    this.#waitingBytes += data.length;
    if (this.#waitingBytes > limits.frameBytesMax) this.close(closeReasons.tooLarge);
  }

  /** The first frame, which has to say who it is. */
  #greet(data: Uint8Array): void {
    const command = data.length > limits.helloBytesMax ? undefined : commandIn(data);
    if (command?.type !== 'hello' || command.token === undefined) {
      return this.close(closeReasons.token);
    }
    this.#hello = command;
    this.#run(this.#enter(command.token));
  }

  async #enter(token: string): Promise<void> {
    this.#timers.get('hello')?.();
    this.#state = 'entering';
    this.#ws.pause();
    const claims = await this.#verify(token);
    if (claims === undefined || this.#isClosed) return;
    const taken = this.#parts.caps.principal.take(claims.sub);
    if (!taken.ok) return this.#tooMany('principalCap');
    this.#release = taken.release;
    this.#claims = claims;
    if (!(await this.#judge(claims)) || this.#isClosed) return;
    const room = this.#parts.rooms.open(this.session);
    if (room === undefined) return this.close(closeReasons.unavailable);
    await room.settled;
    if (this.#isClosed) return;
    // It closed while it was read (there was nothing to read, or it could not be).
    if (room.state === 'closed') return this.#retry();
    if (room.size >= this.#parts.limits.connectionsMax) return this.#tooMany('connectionsMax');
    this.#goLive(room);
  }

  #tooMany(limit: string): void {
    this.#parts.report.limitHit(limit);
    this.close(closeReasons.busy);
  }

  async #verify(token: string): Promise<Claims | undefined> {
    const verified = await this.#parts.verifier.verify(token);
    if (verified.ok) return verified.claims;
    this.#parts.report.tokenRefused(verified.fault);
    const isOurs = verified.fault === 'keys-unavailable';
    this.close(isOurs ? closeReasons.unavailable : closeReasons.token);
    return undefined;
  }

  async #retry(): Promise<void> {
    const opened = await this.#parts.log.open(this.session);
    const isGone = !opened.ok && opened.code !== 'unavailable';
    this.close(isGone ? closeReasons.missing : closeReasons.unavailable);
  }

  /** What the principal may do here now. Closes the connection where that is nothing. */
  async #judge(claims: Claims): Promise<boolean> {
    const judgement = ++this.#judgements;
    const { guard } = this.#parts;
    let entered = await guard.enter(claims, this.session);
    if (entered.ok && entered.access.mayCreate) {
      entered = await guard.create(entered.access, this.session);
    }
    if (this.#isClosed) return false;
    // An older judgement than the one that counts; but better than none while that is under way.
    if (judgement !== this.#judgements && this.#access !== undefined) return true;
    if (!entered.ok) {
      const isGone = entered.code === 'missing';
      this.close(isGone ? closeReasons.missing : closeReasons.unavailable);
      return false;
    }
    if (!entered.access.rights.has('read')) {
      this.close(closeReasons.missing);
      return false;
    }
    this.#admit(entered.access);
    return true;
  }

  #admit(access: Access): void {
    this.#access = access;
    this.#claims = access.claims;
    this.#watchExpiry(access.expiresAt);
    if (this.#peer === undefined) return;
    this.#peer.entitlement = access;
    this.#room?.restamp(this.#peer);
  }

  #goLive(room: Room): void {
    const access = this.#access;
    assert(access !== undefined, 'whoever is let in has access');
    const generation = this.#hello?.generation;
    if (generation !== undefined && generation !== room.generation) {
      return this.close(closeReasons.generation);
    }
    const peer = new Peer(this.#line, access);
    this.#peer = peer;
    this.#room = room;
    this.#state = 'live';
    if (this.#hello !== undefined) this.#welcome(this.#hello);
    room.join(peer);
    for (const data of this.#waiting.splice(0)) {
      if (!this.#isClosed) this.#take(data);
    }
    this.#ws.resume();
  }

  #welcome(hello: Hello): void {
    const { peer, access, room } = this.#inRoom();
    peer.isExtended = true;
    this.#line.send(this.#greeting.ready(peer, hello, access, room.generation));
  }

  /** Agents of the session came or went, or may have. */
  tellAgents(): void {
    if (this.#state !== 'live' || this.#peer === undefined) return;
    const news = this.#greeting.agents(this.#peer);
    if (news.length > 0) this.#line.send(news);
  }

  #take(data: Uint8Array): void {
    const decoded = decodeFrame(data);
    const { peer, room } = this.#inRoom();
    if (!decoded.ok) {
      this.#parts.report.frameRefused(decoded.rule);
      const isSize = decoded.rule === 'frame-bytes';
      return this.close(isSize ? closeReasons.tooLarge : closeReasons.refused);
    }
    const { frame } = decoded;
    if (frame.type === 'command') return this.#command(frame);
    room.receive(peer, frame, data.length);
    if (peer.isGone) this.#end();
  }

  #command(frame: Frame & { type: 'command' }): void {
    const { peer } = this.#inRoom();
    peer.isExtended = true;
    const decoded = decodeCommand(frame.json);
    if (!decoded.ok) {
      if (decoded.rule === 'command-version') return this.close(closeReasons.upgrade);
      return this.#line.send([peer.command((id) => refusedCommand(id, decoded))]);
    }
    if ('ignored' in decoded) return;
    const { command } = decoded;
    if (command.type === 'hello') return this.#helloAgain(command);
    if (command.type === 'renew-token') return this.#run(this.#renew(command));
    if (isClaimRequest(command)) {
      const { room } = this.#inRoom();
      return room.receive(peer, { type: 'claiming', request: command }, COMMAND_BYTES);
    }
    // Everything else is the server's to say.
    const code = 'unexpected';
    const message = 'A client does not send this.';
    this.#line.send([
      peer.command((id) => ({
        id,
        re: command.id,
        type: 'error',
        code,
        message,
        retryable: false,
      })),
    ]);
  }

  /** From a peer whose token came with the upgrade. */
  #helloAgain(hello: Hello): void {
    const { room } = this.#inRoom();
    if (hello.generation !== undefined && hello.generation !== room.generation) {
      return this.close(closeReasons.generation);
    }
    this.#welcome(hello);
  }

  async #renew({ id: re, token }: RenewToken): Promise<void> {
    const verified = await this.#parts.verifier.verify(token);
    if (this.#isClosed) return;
    const { peer } = this.#inRoom();
    const fail = (code: string, message: string, retryable: boolean): void =>
      this.#line.send([
        peer.command((id) => ({ id, re, type: 'error', code, message, retryable })),
      ]);
    if (!verified.ok) {
      const isOurs = verified.fault === 'keys-unavailable';
      return fail(
        verified.fault,
        'The new token was not accepted; the old one still counts.',
        isOurs,
      );
    }
    if (verified.claims.sub !== this.principal) {
      return fail('other-principal', 'The new token is of somebody else. Connect anew.', false);
    }
    if (!(await this.#judge(verified.claims)) || this.#isClosed) return;
    const { access } = this.#inRoom();
    const packet = peer.command((id) => ({
      id,
      re,
      type: 'token-renewed',
      rights: rights.filter((right) => access.rights.has(right)),
      expiresAt: access.claims.exp * 1_000,
    }));
    this.#line.send([packet]);
  }

  /** Looked at again after a while: a timer holds no longer than 24 days, and clocks jump. */
  #watchExpiry(expiresAt: number): void {
    const { clock } = this.#parts;
    this.#timers.get('expiry')?.();
    const left = expiresAt - clock.now();
    if (left <= 0) return this.close(closeReasons.token);
    const stop = clock.after(Math.min(left, EXPIRY_LOOK_MS), () => this.#watchExpiry(expiresAt));
    this.#timers.set('expiry', stop);
  }

  #onClose(): void {
    this.#end();
    this.#parts.onClosed(this);
  }

  #end(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#waiting = [];
    for (const stop of this.#timers.values()) stop();
    this.#release?.();
    if (this.#peer !== undefined) this.#room?.leave(this.#peer);
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #inRoom(): { readonly peer: Peer; readonly room: Room; readonly access: Access } {
    const [peer, room, access] = [this.#peer, this.#room, this.#access];
    const isIn = peer !== undefined && room !== undefined && access !== undefined;
    assert(isIn, 'a live connection is in its room');
    return { peer, room, access };
  }
}

const EXPIRY_LOOK_MS = 60_000;

/** What a command that waits counts for. */
const COMMAND_BYTES = 1_024;

function commandIn(data: Uint8Array): Command | undefined {
  const decoded = decodeFrame(data);
  if (!decoded.ok || decoded.frame.type !== 'command') return undefined;
  const command = decodeCommand(decoded.frame.json);
  return command.ok && 'command' in command ? command.command : undefined;
}
