// People and agents in one session on a real server, over real sockets. Each has a clock of its own
// that is turned by hand, so that a lease ends when a test says so and nobody sleeps.

import WebSocket from 'ws';
import { seededChance } from '../../src/base/chance.ts';
import { type ManualClock, manualClock, systemClock } from '../../src/base/clock.ts';
import type { WebSocketClass } from '../../src/client/connection/socket.ts';
import { joinOverWire, type JoinedSession } from '../../src/client/joined-session.ts';
import { wordsIn } from '../../src/agent/requests.ts';
import { type Agent, joinSession, type JoinSessionOptions } from '../../src/agent/serve.ts';
import type { Session } from '../../src/session/session.ts';
import { createSession } from '../../src/session/session.ts';
import type { View } from '../../src/session/view.ts';
import { within } from './hang.ts';
import type { SyncStage } from './sync-stage.ts';

const BEGINNING = 1_800_000_000_000;

export class WireWorld {
  readonly stage: SyncStage;
  readonly id: string;
  /** Of `ann`, who makes the session. */
  readonly ann: Session;
  /** Turned on a little every few milliseconds, for everybody who does not bring one of their own. */
  readonly clock: ManualClock = manualClock(BEGINNING);
  #joined: JoinedSession[] = [];
  #agents: Agent[] = [];
  #stopTurning = (): void => undefined;

  private constructor(stage: SyncStage, id: string, ann: JoinedSession) {
    this.stage = stage;
    this.id = id;
    this.ann = ann.session;
    this.#joined.push(ann);
    const turn = (): void => {
      this.#stopTurning = systemClock.after(2, () => {
        this.clock.advance(20);
        turn();
      });
    };
    turn();
  }

  static async open(stage: SyncStage, id: string, agent = 'helper'): Promise<WireWorld> {
    const clock = manualClock(BEGINNING);
    const ann = await join(stage, id, 'ann', clock);
    createSession({ principal: 'ann', id, agent, doc: ann.session.doc, clock });
    return new WireWorld(stage, id, ann);
  }

  /** The session on another device. */
  async person(principal: string): Promise<Session> {
    const joined = await join(this.stage, this.id, principal, this.clock);
    this.#joined.push(joined);
    return joined.session;
  }

  /** An agent process in this session. */
  async agent(
    options: Omit<JoinSessionOptions, 'url' | 'token' | 'name' | 'session'> & {
      clock?: ManualClock;
      url?: string;
    },
  ): Promise<Agent> {
    const { clock = this.clock, ...rest } = options;
    const agent = await joinSession({
      name: 'helper',
      url: this.stage.url,
      session: this.id,
      token: () => this.stage.token('agent:helper', { kind: 'agent' }),
      platform: platformOf(clock, this.#agents.length + 50),
      ...rest,
    });
    this.#agents.push(agent);
    return agent;
  }

  /** Resolves when `ann` sees the session so. */
  async until(holds: (view: View) => boolean, what: string): Promise<void> {
    const { ann } = this;
    if (holds(ann.view)) return;
    const seen = new Promise<void>((resolve) => {
      const stop = ann.subscribe(
        (view) => view,
        (view) => {
          if (!holds(view)) return;
          stop();
          resolve();
        },
      );
    });
    await within(seen, what);
  }

  untilState(run: string, state: string): Promise<void> {
    return this.until(
      (view) => view.runs.get(run)?.status.state === state,
      `${run} to be ${state}`,
    );
  }

  untilText(run: string, text: string): Promise<void> {
    return this.until(() => this.text(run).includes(text), `"${text}" in the reply`);
  }

  ask(prompt: string): string {
    const { run } = this.ann.send(prompt);
    if (run === null) throw new Error('the session asks no agent');
    return run;
  }

  text(run: string): string {
    const { runs, messages } = this.ann.view;
    return wordsIn(messages.get(runs.get(run)?.reply ?? '')?.parts ?? []);
  }

  close(): void {
    this.#stopTurning();
    for (const joined of this.#joined) joined.close();
    for (const agent of this.#agents) void agent.drain();
  }
}

function join(
  stage: SyncStage,
  session: string,
  principal: string,
  clock: ManualClock,
): Promise<JoinedSession> {
  const wake = { isOnline: true, subscribe: () => () => undefined };
  return joinOverWire({
    url: stage.url,
    session,
    token: () => stage.token(principal),
    platform: { ...platformOf(clock, principal.length), wake },
  });
}

function platformOf(
  clock: ManualClock,
  seed: number,
): { clock: ManualClock; chance: ReturnType<typeof seededChance>; WebSocket: WebSocketClass } {
  return {
    clock,
    chance: seededChance(seed),
    WebSocket: WebSocket as unknown as WebSocketClass,
  };
}
