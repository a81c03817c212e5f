// A claim over the wire. Its words go up with the document they stand in; what it asks goes behind
// them, on the same connection. When a connection ends before an answer came, the question is asked
// again on the next one, and the document tells whether it was answered already. The claim is
// renewed every few seconds; one that could not be renewed in time counts as lost here before
// it does at the server.

import type { Clock } from '../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import type { Asked } from '../client/connection/link.ts';
import type { JoinedSession } from '../client/joined-session.ts';
import type { Claimed } from '../protocol/claim.ts';
import type { RefusalCode } from '../session/bookkeeping.ts';
import { isFinal } from '../session/run.ts';
import type { Lane } from '../session/lane.ts';
import type { ReplyRoute } from '../session/reply.ts';
import type { Hold, HolderAction, Loss, Told } from './hold.ts';
import { limits } from './limits.ts';

export class WireHold implements Hold {
  readonly run: string;
  readonly epoch: number;
  readonly lanes: readonly Lane[];
  #joined: JoinedSession;
  #clock: Clock;
  #leaseMs: number;
  #renewedAt: number;
  #loss: Loss | undefined;
  #lost = createEmitter<Loss>();
  #quiet = createEmitter<void>();
  #changed = createEmitter<void>();
  #stops: Unsubscribe[];
  #stopBeat: () => void = () => undefined;

  constructor(joined: JoinedSession, claimed: Claimed, clock: Clock) {
    this.run = claimed.run;
    this.epoch = claimed.epoch;
    this.lanes = claimed.lanes;
    this.#joined = joined;
    this.#clock = clock;
    this.#leaseMs = claimed.leaseMs;
    this.#renewedAt = clock.now();
    const clients = new Set(claimed.lanes.map(({ client }) => client));
    this.#stops = [
      joined.commands.subscribe((command) => {
        if (command.type !== 'lease-lost' || command.run !== this.run) return;
        if (command.epoch !== this.epoch) return;
        this.#lose(command.why === 'taken-over' ? 'taken-over' : 'lost');
      }),
      joined.refused.subscribe(({ client }) => {
        if (clients.has(client)) this.#lose('lost');
      }),
      joined.changed.subscribe(() => this.#look()),
    ];
    this.#beat();
  }

  get isQuiet(): boolean {
    return this.#joined.isSettled;
  }

  onQuiet(listener: () => void): Unsubscribe {
    return this.#quiet.subscribe(listener);
  }

  onLost(listener: (loss: Loss) => void): Unsubscribe {
    return this.#lost.subscribe(listener);
  }

  write: ReplyRoute = ({ apply }) => {
    if (this.#loss === undefined) apply();
  };

  async tell(action: HolderAction): Promise<Told> {
    const request = requestOf(action, this.run, this.epoch);
    for (let attempt = 1; ; attempt++) {
      await this.#live();
      if (this.#loss !== undefined) return { ok: false, code: 'lost' };
      const answer = await this.#joined.ask(request);
      if (answer?.type === 'done') return { ok: true };
      if (answer?.type !== 'error') continue;
      if (attempt > 1 && this.#isDone(action)) return { ok: true };
      if (!answer.retryable) return { ok: false, code: codeOf(answer.code) };
      await new Promise<void>((resolve) => this.#clock.after(limits.askAgainMs, resolve));
    }
  }

  async release(): Promise<void> {
    const isOver = this.#isOver;
    this.#end();
    if (isOver || this.#loss !== undefined) return;
    // Where it does not arrive the claim expires.
    await this.#joined.ask({ type: 'release', run: this.run, epoch: this.epoch });
  }

  /** Resolves when the connection is live, or the claim is lost. */
  #live(): Promise<void> {
    if (this.#joined.state.name === 'live' || this.#loss !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.#changed.subscribe(() => {
        if (this.#joined.state.name !== 'live' && this.#loss === undefined) return;
        stop();
        resolve();
      });
    });
  }

  #look(): void {
    const { state } = this.#joined;
    if (state.name === 'refused') this.#lose('lost');
    this.#changed.emit();
    if (this.isQuiet) this.#quiet.emit();
  }

  #beat(): void {
    const ms = Math.min(limits.heartbeatMs, this.#leaseMs / 3);
    this.#stopBeat = this.#clock.after(ms, () => {
      if (this.#clock.now() - this.#renewedAt > this.#leaseMs) return this.#lose('lost');
      this.#beat();
      void this.#renew();
    });
  }

  async #renew(): Promise<void> {
    const asked = this.#clock.now();
    const answer = await this.#joined.ask({ type: 'renew', run: this.run, epoch: this.epoch });
    if (answer?.type === 'done') this.#renewedAt = Math.max(this.#renewedAt, asked);
    if (answer?.type === 'error' && !answer.retryable && !this.#isOver) {
      this.#lose(answer.code === 'not-holder' ? 'taken-over' : 'lost');
    }
  }

  /** Whether the run has ended, as far as is known here. */
  get #isOver(): boolean {
    const run = this.#joined.session.view.runs.get(this.run);
    return run !== undefined && isFinal(run.status.state);
  }

  /** Whether what was asked on a connection that ended was done all the same. */
  #isDone(action: HolderAction): boolean {
    const { view } = this.#joined.session;
    const run = view.runs.get(this.run);
    if (run?.claim?.epoch !== this.epoch) return false;
    switch (action.do) {
      case 'ack': {
        const ack = view.requests.get(action.request)?.ack;
        return ack?.state === action.state && ack.by === run.claim.holder;
      }
      case 'complete':
      case 'cancelled':
        return run.status.state === (action.do === 'complete' ? 'complete' : 'cancelled');
      case 'fail':
        return run.status.state === 'failed';
      default:
        return false;
    }
  }

  #lose(loss: Loss): void {
    if (this.#loss !== undefined) return;
    this.#loss = loss;
    this.#end();
    this.#changed.emit();
    this.#lost.emit(loss);
  }

  #end(): void {
    this.#stopBeat();
    for (const stop of this.#stops) stop();
    this.#stops = [];
  }
}

function requestOf(action: HolderAction, run: string, epoch: number): Asked {
  const of = { run, epoch };
  switch (action.do) {
    case 'wait':
      return { ...of, type: 'advance', to: 'waiting', for: action.for };
    case 'proceed':
      return { ...of, type: 'advance', to: 'running' };
    case 'complete':
      return { ...of, type: 'advance', to: 'complete' };
    case 'cancelled':
      return { ...of, type: 'advance', to: 'cancelled' };
    case 'fail':
      return { ...of, type: 'advance', to: 'failed', error: action.error };
    case 'ack': {
      const { request, state, reason, place } = action;
      return { ...of, type: 'ack', request, state, reason, place };
    }
    case 'usage':
      return { ...of, type: 'usage', usage: action.usage };
    case 'title':
      return { ...of, type: 'title', title: action.title };
  }
}

const codes: ReadonlySet<string> = new Set<RefusalCode>([
  'no-such-run',
  'not-offered',
  'stale-epoch',
  'not-holder',
  'wrong-state',
  'no-such-request',
  'already-answered',
  'titled-by-person',
  'malformed',
]);

const isRefusal = (code: string): code is RefusalCode => codes.has(code);

/** What the wire does not take is malformed, by whichever of its rules. */
const codeOf = (code: string): RefusalCode => (isRefusal(code) ? code : 'malformed');
