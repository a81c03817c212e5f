// One connection of `WS /library`, from its upgrade to its end:
//
//     hello --first message in time--> entering --let in--> live --> closed
//       '--a token came with the upgrade--^
//
// What its device asks is done one after another. While a page of the list is read, news
// wait behind it: a page that was read before a session went must not come after that.

import type { RawData, WebSocket } from 'ws';
import { assert, unreachable } from '../../src/base/assert.ts';
import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import { refusedCommand } from '../../src/protocol/command.ts';
import {
  decodeLibraryRequest,
  type AskList,
  type LibraryHello,
  type LibraryRequest,
  type ListEntry,
  type RenewLibraryToken,
  type WriteRow,
} from '../../src/protocol/library.ts';
import { limits } from '../../src/protocol/limits.ts';
import type { Claims } from '../../src/protocol/token.ts';
import { httpLimits } from '../http/limits.ts';
import type { SummaryPlace } from '../log/summaries.ts';
import { readCursor } from './cursor.ts';
import { LibraryLine, type UnsentNews } from './library-line.ts';
import type { LibraryParts } from './library-parts.ts';
import { readPage } from './page.ts';
import { isJsonText, rowFailure } from './row-text.ts';
import { RowReader } from './row-reader.ts';

/** What keeps the connection. */
export interface ConnectionKeeper {
  /** Resolves when its memberships are known; false where they cannot be. */
  join(connection: LibraryConnection): Promise<boolean>;
  renewed(connection: LibraryConnection): void;
  closed(connection: LibraryConnection): void;
}

type State = 'hello' | 'entering' | 'live' | 'closed';

export class LibraryConnection {
  #parts: LibraryParts;
  #keeper: ConnectionKeeper;
  #line: LibraryLine;
  #state: State = 'hello';
  #claims: Claims | undefined;
  #requests: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** News that wait for a page; undefined while none is read. */
  #held: UnsentNews[] | undefined;
  /** Whether it has said hello, and so has a list that news are about. */
  #isGreeted = false;
  #rows: RowReader | undefined;
  #silent = 0;
  #timers = new Map<'hello' | 'expiry', () => void>();
  #release: (() => void) | undefined;

  constructor(parts: LibraryParts, keeper: ConnectionKeeper, ws: WebSocket) {
    this.#parts = parts;
    this.#keeper = keeper;
    this.#line = new LibraryLine(ws, parts.report);
    ws.on('message', (data: RawData, isBinary: boolean) => this.#onMessage(data, isBinary));
    ws.on('pong', () => {
      this.#silent = 0;
    });
    // What `ws` finds wrong it answers itself, with a close.
    ws.on('error', () => undefined);
    ws.on('close', () => {
      this.#end();
      this.#keeper.closed(this);
    });
  }

  /** Whether it has said who it is. */
  get isKnown(): boolean {
    return this.#claims !== undefined;
  }

  /** Of whoever has said who it is. */
  get claims(): Claims {
    assert(this.#claims !== undefined, 'it has said who it is');
    return this.#claims;
  }

  /** Begins: with the token that came with the upgrade, or by waiting for a first message. */
  start(token: string | undefined): void {
    if (token !== undefined) return this.#do(() => this.#enter(token, undefined));
    const late = (): void => this.close(closeReasons.token);
    this.#timers.set('hello', this.#parts.clock.after(limits.helloMsMax, late));
  }

  beat(): void {
    if (this.#silent >= 2) return this.#line.terminate();
    this.#silent += 1;
    this.#line.ping();
    if (this.#state === 'live') void this.#line.send({ type: 'beat' });
  }

  changed(sessions: readonly ListEntry[]): void {
    for (let at = 0; at < sessions.length; at += limits.listPageSessionsMax) {
      const some = sessions.slice(at, at + limits.listPageSessionsMax);
      this.#tell({ type: 'changed', sessions: some });
    }
  }

  gone(session: string): void {
    this.#tell({ type: 'gone', sessions: [session] });
  }

  /** Something was written to its desk. */
  rowsChanged(): void {
    this.#run(this.#readRows(false));
  }

  close(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#end();
    this.#line.close(reason);
  }

  terminate(): void {
    this.#end();
    this.#line.terminate();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#silent = 0;
    if (this.#state === 'closed') return;
    if (isBinary || !Buffer.isBuffer(data)) return this.close(closeReasons.refused);
    this.#parts.report.received(data.length);
    const isHello = this.#state === 'hello';
    if (isHello && data.length > limits.helloBytesMax) return this.close(closeReasons.token);
    const waitingMax = this.#state === 'live' ? limits.libraryRequestsMax : EARLY_REQUESTS_MAX;
    if (this.#waiting >= waitingMax) return this.#tooMuch('libraryRequestsMax');
    const decoded = decodeLibraryRequest(data.toString('utf8'));
    if (!decoded.ok && decoded.rule === 'command-version') return this.close(closeReasons.upgrade);
    if (decoded.ok && 'ignored' in decoded) return;
    if (isHello) return this.#greet(decoded.ok ? decoded.message : undefined);
    if (!decoded.ok) return void this.#line.send(refusedCommand(0, decoded));
    this.#do(() => this.#answer(decoded.message));
  }

  #greet(message: LibraryRequest | undefined): void {
    if (message?.type !== 'hello' || message.token === undefined) {
      return this.close(closeReasons.token);
    }
    const { token } = message;
    this.#do(() => this.#enter(token, message));
  }

  async #enter(token: string, hello: LibraryHello | undefined): Promise<void> {
    this.#timers.get('hello')?.();
    this.#state = 'entering';
    const claims = await this.#verify(token);
    if (claims === undefined || this.#isClosed) return;
    const taken = this.#parts.principals.take(claims.sub);
    if (!taken.ok) return this.#tooMuch('principalCap');
    this.#release = taken.release;
    this.#claims = claims;
    this.#watchExpiry();
    if (this.#isClosed) return;
    if (!(await this.#keeper.join(this))) return this.close(closeReasons.unavailable);
    if (this.#isClosed) return;
    this.#state = 'live';
    if (hello !== undefined) await this.#welcome(hello);
  }

  async #verify(token: string): Promise<Claims | undefined> {
    const verified = await this.#parts.verifier.verify(token);
    if (verified.ok) return verified.claims;
    this.#parts.report.tokenRefused(verified.fault);
    const isOurs = verified.fault === 'keys-unavailable';
    this.close(isOurs ? closeReasons.unavailable : closeReasons.token);
    return undefined;
  }

  async #answer(request: LibraryRequest): Promise<void> {
    switch (request.type) {
      case 'hello':
        return this.#welcome(request);
      case 'list':
        return this.#list(request);
      case 'write-row':
        return this.#writeRow(request);
      case 'renew-token':
        return this.#renew(request);
      default:
        return unreachable(request);
    }
  }

  async #welcome({ id: re, rowsAfter }: LibraryHello): Promise<void> {
    const { sub, rights } = this.claims;
    const { incarnation } = this.#parts.log;
    const expiresAt = this.#expiresAt();
    this.#isGreeted = true;
    void this.#line.send({ type: 'ready', re, incarnation, principal: sub, rights, expiresAt });
    await this.#page(undefined, undefined);
    if (rowsAfter === undefined) return;
    this.#rows?.close();
    this.#rows = new RowReader(this.#parts.desk, sub, rowsAfter, (rows, more) =>
      this.#line.send({ type: 'rows', rows, more }, 'asked'),
    );
    await this.#readRows(true);
  }

  async #list({ id: re, cursor }: AskList): Promise<void> {
    const after = readCursor(cursor);
    if (after === undefined) return this.#fail(re, 'cursor', 'This is no cursor of ours.');
    await this.#page(re, after);
  }

  async #page(re: number | undefined, after: SummaryPlace | undefined): Promise<void> {
    const held: UnsentNews[] = [];
    this.#held = held;
    const { summaries } = this.#parts.log;
    const page = await readPage(summaries, this.claims, after, httpLimits.listPageSessions);
    this.#held = undefined;
    if (!page.ok) return this.close(closeReasons.unavailable);
    const { sessions, cursor } = page;
    const taken = this.#line.send({ type: 'page', re, sessions, cursor }, 'asked');
    for (const news of held) void this.#line.send(news);
    await taken;
  }

  async #writeRow({ id: re, key, json, known }: WriteRow): Promise<void> {
    if (json !== undefined && !isJsonText(json)) {
      return this.#fail(re, 'json', 'The value of a row is JSON.');
    }
    const written = await this.#parts.desk.write(this.claims.sub, { key, json, known });
    if (!written.ok) return this.#fail(re, ...rowFailure(written));
    await this.#line.send({ type: 'row-written', re, row: written.row });
  }

  async #renew({ id: re, token }: RenewLibraryToken): Promise<void> {
    const verified = await this.#parts.verifier.verify(token);
    if (!verified.ok) {
      const isOurs = verified.fault === 'keys-unavailable';
      const message = 'The new token was not accepted; the old one still counts.';
      return this.#fail(re, verified.fault, message, isOurs);
    }
    if (verified.claims.sub !== this.claims.sub) {
      const message = 'The new token is of somebody else. Connect anew.';
      return this.#fail(re, 'other-principal', message);
    }
    this.#claims = verified.claims;
    this.#keeper.renewed(this);
    this.#watchExpiry();
    const { rights } = verified.claims;
    await this.#line.send({ type: 'token-renewed', re, rights, expiresAt: this.#expiresAt() });
  }

  async #readRows(isFirst: boolean): Promise<void> {
    const read = await this.#rows?.read(isFirst);
    if (read?.ok === false) this.close(closeReasons.unavailable);
  }

  #tell(news: UnsentNews): void {
    if (!this.#isGreeted || this.#isClosed) return;
    if (this.#held === undefined) return void this.#line.send(news);
    this.#held.push(news);
    if (this.#held.length > httpLimits.libraryHeldMax) this.#tooMuch('libraryHeldMax');
  }

  #tooMuch(limit: string): void {
    this.#parts.report.limitHit(limit);
    this.close(closeReasons.busy);
  }

  #fail(re: number, code: string, message: string, retryable = false): Promise<void> {
    return this.#line.send({ type: 'error', re, code, message, retryable });
  }

  /** One after another, and no more than a few that wait. */
  #do(act: () => Promise<void>): void {
    this.#waiting += 1;
    const before = this.#requests;
    const mine = async (): Promise<void> => {
      await before;
      if (!this.#isClosed) await act();
      this.#waiting -= 1;
    };
    this.#requests = mine();
    this.#run(this.#requests);
  }

  /** What throws here is a fault of ours, and costs this connection only. */
  #run(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (this.#state !== 'closed') this.#parts.report.broken(error);
      this.close(closeReasons.unavailable);
    });
  }

  #expiresAt(): number {
    return this.claims.exp * 1_000;
  }

  /** Looked at again after a while: a timer holds no longer than 24 days, and clocks jump. */
  #watchExpiry(): void {
    const { clock } = this.#parts;
    this.#timers.get('expiry')?.();
    const left = this.#expiresAt() + limits.clockSkewMsMax - clock.now();
    if (left <= 0) return this.close(closeReasons.token);
    const stop = clock.after(Math.min(left, EXPIRY_LOOK_MS), () => this.#watchExpiry());
    this.#timers.set('expiry', stop);
  }

  #end(): void {
    this.#state = 'closed';
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
    this.#rows?.close();
    this.#release?.();
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }
}

const EXPIRY_LOOK_MS = 60_000;

/** What may wait while it is not known yet who asks. */
const EARLY_REQUESTS_MAX = 4;
