// The server of a simulated world: its real connections, rooms and guard, over a log in memory
// that survives a crash. Each life of it has a time of its own; what was to be committed when it
// died is committed or not, and nobody is told. What was ever committed is known here.

import * as Y from 'yjs';
import { createCaps } from '../../server/access/caps.ts';
import { Guard } from '../../server/access/guard.ts';
import type { Role } from '../../server/access/role.ts';
import type { TokenVerifier } from '../../server/access/tokens.ts';
import type { Appended, Log } from '../../server/log/log.ts';
import { MemoryLog } from '../../server/log/memory.ts';
import { roomLimits } from '../../server/room/limits.ts';
import { mergeUpdates } from '../../server/room/merge.ts';
import { decodeRoomRecord } from '../../server/room/record.ts';
import type { RoomReport } from '../../server/room/room-parts.ts';
import { Rooms } from '../../server/room/rooms.ts';
import { SyncConnection } from '../../server/socket/sync-connection.ts';
import type { SocketReport } from '../../server/socket/sync-parts.ts';
import { defined } from '../../src/base/assert.ts';
import { below, type Chance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import { isJsonObject } from '../../src/base/json.ts';
import { limits as wireLimits } from '../../src/protocol/limits.ts';
import { type Claims, rights } from '../../src/protocol/token.ts';
import { overriding } from './guarded.ts';
import { mortalClock } from './simulated-clock.ts';
import type { Lanes } from './simulated-lanes.ts';
import type { Wire } from './simulated-wire.ts';
import type { Tally } from './tally.ts';

const limits = { ...roomLimits, creditBytesMax: 1e12, compactRecords: 12 };

export interface ServerWorld {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly lanes: Lanes;
  readonly session: string;
  readonly tally: Tally;
  /** Something that never may be. */
  readonly fault: (what: string) => void;
  readonly tell: (what: string) => void;
}

/** A token that this world's server believes: the claims, as a JWT has them, without a signature. */
export function tokenFor(claims: Claims): string {
  return `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

/** The id in the head of a stored message. */
export function messageId(message: Y.Map<unknown>): string {
  const head = message.get('head');
  const id = isJsonObject(head) ? head['id'] : undefined;
  return typeof id === 'string' ? id : '';
}

class ServerLife {
  isDead = false;
  readonly guard: Guard;
  readonly rooms: Rooms;
  readonly connections = new Map<SyncConnection, Wire>();
  readonly clock: Clock;
  #server: SimulatedServer;
  #caps: ReturnType<typeof createCaps>;
  #log: Log;

  constructor(server: SimulatedServer, makeLog: (isDead: () => boolean) => Log) {
    const isDead = (): boolean => this.isDead;
    const log = makeLog(isDead);
    this.#server = server;
    this.#log = log;
    this.clock = mortalClock(server.world.clock, { isDead, due: (act) => act() });
    this.#caps = createCaps({ clock: this.clock, principal: { burstMax: 1e9, openMax: 1e9 } });
    this.guard = new Guard(log, { chance: server.world.chance });
    this.rooms = new Rooms({
      log,
      limits,
      clock: this.clock,
      merge: (unmerged) => Promise.resolve(mergeUpdates(unmerged)),
      report: server.report,
    });
    this.guard.onChange((_session, principal) => {
      for (const connection of this.connections.keys()) {
        if (connection.principal === principal) connection.rejudge();
      }
    });
    this.#beat();
  }

  accept(wire: Wire, session: string): void {
    const { ws, socket } = wire.ends;
    const { clock, guard, rooms } = this;
    const [log, caps, verifier, report] = [
      this.#log,
      this.#caps,
      this.#verifier,
      this.#server.socketReport,
    ];
    const onClosed = (closed: object): void => {
      if (closed instanceof SyncConnection) this.connections.delete(closed);
    };
    const parts = { verifier, guard, caps, log, rooms, limits, clock, report, onClosed };
    const connection = new SyncConnection(parts, ws, socket, session);
    this.connections.set(connection, wire);
    connection.start(undefined);
  }

  #verifier: TokenVerifier = {
    verify: async (token) => {
      const [, payload = ''] = token.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
      const isOld = claims.exp * 1_000 + wireLimits.clockSkewMsMax <= this.clock.now();
      return isOld ? { ok: false, fault: 'expired' } : { ok: true, claims };
    },
  };

  #beat(): void {
    this.clock.after(wireLimits.heartbeatMs, () => {
      for (const connection of this.connections.keys()) connection.beat();
      this.#beat();
    });
  }
}

export class SimulatedServer {
  readonly world: ServerWorld;
  /** Ids of messages and keys of maps that were ever committed. */
  readonly ever = new Set<string>();
  /** What is committed, in the generation that counts. */
  committed = new Y.Doc();
  #log: MemoryLog;
  #records: Uint8Array[] = [];
  #roles = new Map<string, Role>();
  #life: ServerLife | undefined;
  #commits;

  constructor(world: ServerWorld) {
    this.world = world;
    this.#log = this.#newLog();
    this.#commits = world.lanes.make();
    this.#watch();
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  get records(): number {
    return this.#records.length;
  }

  start(): void {
    this.#life ??= new ServerLife(this, (isDead) => this.#fallibleLog(isDead));
  }

  /** As a process that is killed: what is in the log stays. */
  crash(): void {
    const life = this.#life;
    if (life === undefined) return;
    const { chance } = this.world;
    this.#life = undefined;
    life.isDead = true;
    this.#commits.end(below(chance, this.#commits.length + 1));
    for (const wire of life.connections.values()) wire.lose(below(chance, 3) > 0);
  }

  /** The log is put back to an older state, as from a backup: another generation begins. */
  async restore(): Promise<void> {
    this.crash();
    const least = Math.ceil(this.#records.length / 2);
    const kept = this.#records.slice(0, least + below(this.world.chance, least + 1));
    this.#log = this.#newLog();
    this.#records = [];
    this.committed = new Y.Doc();
    this.#watch();
    const { session } = this.world;
    await this.#log.create(session, { principal: 'ada', role: 'owner' });
    for (const [principal, role] of this.#roles) {
      await this.#log.members.set(session, principal, role);
    }
    for (const [at, record] of kept.entries()) {
      await this.#log.append(session, at, [], record);
      this.#committed(record);
    }
  }

  accept(wire: Wire): boolean {
    const [, place, session] = new URL(wire.url).pathname.split('/');
    if (this.#life === undefined || place !== 'sync' || session === undefined) return false;
    this.#life.accept(wire, session);
    return true;
  }

  /** Ada says what somebody may do. */
  async setRole(principal: string, role: Role): Promise<boolean> {
    const life = this.#life;
    if (life === undefined) return false;
    const claims: Claims = {
      sub: 'ada',
      name: 'ada',
      kind: 'person',
      rights,
      sessions: ['*'],
      exp: 9e9,
    };
    const changed = await life.guard.invite(claims, this.world.session, principal, role);
    if (changed.ok) this.#roles.set(principal, role);
    return changed.ok;
  }

  readonly report: RoomReport = {
    taken: () => undefined,
    leftOut: () => undefined,
    limitHit: (limit) => this.world.fault(`limit ${limit}`),
    gap: () => this.world.tally.add('gap'),
    refused: (_session, principal, refused) =>
      this.world.tally.add(`refused ${refused.rule} of ${principal}`),
    committed: () => undefined,
    notCommitted: (_session, code) => this.world.fault(`not committed: ${code}`),
    loadFailed: (_session, code) => this.world.tally.add(`load failed ${code}`),
    compacted: () => this.world.tally.add('compaction'),
    notCompacted: (_session, why) => this.world.tally.add(`not compacted ${why}`),
    broken: (_session, error) => this.world.fault(`server: ${String(error)}`),
  };

  readonly socketReport: SocketReport = {
    opened: () => undefined,
    closed: () => undefined,
    received: () => undefined,
    sent: () => undefined,
    frameRefused: (rule) => this.world.fault(`frame refused: ${rule}`),
    tokenRefused: (fault) => this.world.tally.add(`token refused ${fault}`),
    limitHit: (limit) => this.world.fault(`limit ${limit}`),
    slow: () => this.world.fault('slow'),
    broken: (_session, error) => this.world.fault(`connection: ${String(error)}`),
  };

  #newLog(): MemoryLog {
    const { clock, chance } = this.world;
    return new MemoryLog({ clock, chance });
  }

  /** The log of one life: commits take their time, and none is made after its end. */
  #fallibleLog(isDead: () => boolean): Log {
    const log = this.#log;
    return overriding<Log>(log, {
      append: (...asked) =>
        new Promise((resolve) => {
          if (isDead()) return;
          this.#commits.put(() => {
            void this.#commit(log, asked, isDead, resolve);
          });
        }),
    });
  }

  async #commit(
    log: Log,
    asked: Parameters<Log['append']>,
    isDead: () => boolean,
    answer: (done: Appended) => void,
  ): Promise<void> {
    const done = await log.append(...asked);
    if (done.ok) this.#committed(asked[3]);
    if (!isDead()) answer(done);
  }

  #committed(record: Uint8Array): void {
    this.#records.push(record);
    const { updates } = defined(decodeRoomRecord(record), 'a record');
    for (const update of updates) Y.applyUpdate(this.committed, update);
    this.world.tally.add('commit');
    this.world.tell(
      `commit ${this.#records.length}: ${this.committed.getArray('messages').length} messages`,
    );
  }

  #watch(): void {
    const { committed, ever } = this;
    const messages = committed.getArray('messages');
    messages.observe(({ changes }) => {
      for (const item of changes.added) {
        for (const message of item.content.getContent()) {
          if (message instanceof Y.Map) ever.add(messageId(message));
        }
      }
    });
    for (const root of ['control', 'annotations']) {
      committed.getMap(root).observe(({ keysChanged }) => {
        for (const key of keysChanged) ever.add(String(key));
      });
    }
  }
}
