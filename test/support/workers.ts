// What agents do in a world: take what is offered, write under the lanes of the
// claim, use tools, ask for approval, obey cancel and steer, ask other agents, end,
// and die at any moment. A successor goes on where the dead one left.

import { below, type Chance, pick } from '../../src/base/chance.ts';
import {
  cancelReaching,
  decidedBy,
  type HolderCommand,
  isOffered,
} from '../../src/session/bookkeeping.ts';
import type { Lane } from '../../src/session/lane.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import type { TextWriter } from '../../src/session/part-writer.ts';
import type { ToolWriter } from '../../src/session/tool-writer.ts';
import { clockOf } from '../../src/session/struct.ts';
import { isFinal } from '../../src/session/run.ts';
import { toolOf } from './people.ts';
import type { Peer, World } from './world.ts';

/** One run in the hands of one agent. */
interface Work {
  readonly run: string;
  readonly epoch: number;
  readonly peer: Peer;
  readonly reply: ReplyWriter;
  readonly texts: TextWriter[];
  readonly tools: ToolWriter[];
  /** Its claim is lost, and it does not know. */
  zombie: boolean;
  /** It said that it ended, and the server has not heard it yet. */
  ended: boolean;
}

export class Workers {
  #world: World;
  #works: Work[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  /** One act of one agent, or of the server for it. */
  act(): void {
    const { chance, mood } = this.#world;
    const danger = mood === 'takeover' ? 12 : 70;
    this.#works = this.#works.filter((held) => !this.#isOver(held));
    const work = pick(
      chance,
      this.#works.filter(({ ended }) => !ended),
    );
    if (work === undefined || below(chance, 5) === 0) this.#take();
    else if (work.zombie) this.#stumble(work);
    else this.#live(work, below(chance, danger));
  }

  #live(work: Work, fate: number): void {
    if (fate === 0) this.#die(work);
    else if (fate === 1) this.#freeze(work);
    else this.#step(work);
  }

  /** Ends all that is still held, so that a world can be compared at rest. */
  finish(): void {
    for (const work of this.#works.slice()) {
      if (!this.#works.includes(work) || work.ended) continue;
      if (work.zombie || below(this.#world.chance, 3) === 0) this.#die(work);
      else this.#end(work, 'complete');
    }
  }

  #isOver(work: Work): boolean {
    const state = this.#world.server.view.runs.get(work.run)?.status.state;
    if (!work.ended || state === undefined || !isFinal(state)) return false;
    // The lanes of a lost claim are never granted again.
    if (!work.zombie) this.#world.free.set(work.peer.name, [...work.reply.lanes]);
    return true;
  }

  #take(): void {
    const world = this.#world;
    const projection = world.projection;
    const offered = [...projection.runs].filter((run) => isOffered(projection, run));
    const run = pick(world.chance, offered);
    const peer = pick(
      world.chance,
      world.agents.filter(({ link, doomed }) => !link.cut && !doomed),
    );
    if (run === undefined || peer === undefined) return;
    if (!world.claim(run.id, peer)) return;
    const taken = world.server.view.runs.get(run.id);
    if (taken?.claim === null || taken?.claim === undefined) return;
    world.tally.add(taken.claim.epoch > 1 ? 'takeover' : 'claim');
    const reply = peer.session.begin(run.id, this.#lane(peer));
    const work = { run: run.id, epoch: taken.claim.epoch, peer, reply, texts: [], tools: [] };
    const held: Work = { ...work, zombie: false, ended: false };
    this.#works.push(held);
    this.#goOn(held);
  }

  /** A lane that ended cleanly and was never revoked is granted again, clock carried on; else a fresh one. */
  #lane(peer: Peer): Lane | undefined {
    const lane = this.#world.free.get(peer.name)?.pop();
    if (lane === undefined || this.#world.revoked.has(lane.client)) return undefined;
    if (clockOf(peer.session.doc, lane.client) !== lane.clock) return undefined;
    this.#world.tally.add('lane again');
    return lane;
  }

  /** Continues an open text of the one who held the run before, or leaves it. */
  #goOn(work: Work): void {
    const { chance, tally } = this.#world;
    const parts = work.peer.session.view.messages.get(work.reply.message)?.parts ?? [];
    for (const part of parts) {
      if (part.type !== 'text' || part.state !== 'streaming' || below(chance, 2) === 0) continue;
      work.texts.push(work.reply.continueText(part.id));
      tally.add('text continued');
    }
  }

  #step(work: Work): void {
    const { chance, tally, ledger, mood } = this.#world;
    const message = work.reply.message;
    const act =
      mood === 'tools' && below(chance, 2) === 0 ? 2 + below(chance, 2) : below(chance, 22);
    const text = pick(chance, work.texts);
    const asking = work.tools.find(({ state }) => state === 'approval-requested');
    if (asking !== undefined && below(chance, 4) > 0) this.#decide(work, asking);
    else if (act === 0) work.texts.push(work.reply.text({ ...this.#ownLane() }));
    else if (act === 1) work.texts.push(work.reply.reasoning());
    else if (act === 2 && work.tools.length < 2) work.tools.push(work.reply.tool('search'));
    else if (act === 3 || act >= 17) this.#useTool(work);
    else if (act === 4) work.reply.data('progress', below(chance, 100), { id: 'progress' });
    else if (act === 5 || act === 16) this.#answer(work);
    else if (act === 6) this.#askAnother(work);
    else if (act === 7)
      this.#command(work, { do: 'usage', usage: { outputTokens: below(chance, 99) } });
    else if (act === 8) this.#command(work, { do: 'title', title: 'By the agent' });
    else if (act === 9 && below(chance, 2) === 0) this.#end(work, pick(chance, ENDS) ?? 'complete');
    else if (text === undefined) work.texts.push(work.reply.text());
    else if (act === 10) {
      text.end();
      ledger.end(message, text.id);
      work.texts.splice(work.texts.indexOf(text), 1);
    } else {
      const words = tokens(chance);
      text.append(words);
      ledger.append(message, text.id, words);
      tally.add('token');
    }
    if (below(chance, 3) > 0) work.reply.flush();
  }

  #ownLane(): { lane?: Lane } {
    const { chance } = this.#world;
    return below(chance, 3) === 0 ? { lane: { client: chance.uint32(), clock: 0 } } : {};
  }

  #useTool(work: Work): void {
    const { chance, tally } = this.#world;
    const tool = pick(chance, work.tools);
    if (tool === undefined || tool.ended) return;
    tally.add(`tool ${tool.state}`);
    if (tool.state === 'input-streaming') {
      tool.streamInput('{"q":1}');
      tool.input({ q: below(chance, 3) });
    } else if (tool.state === 'input-available' && below(chance, 2) > 0) {
      tool.askApproval({ reason: 'may I?' });
      this.#command(work, { do: 'wait', for: 'approval' });
    } else if (tool.state === 'approval-requested') this.#decide(work, tool);
    else if (below(chance, 4) === 0) tool.fail('it broke');
    else tool.output({ hits: 3 }, { preliminary: below(chance, 3) === 0 });
  }

  /** Acks the first decision it sees on the arguments it asked about; acts on the one whose ack is durable. */
  #decide(work: Work, tool: ToolWriter): void {
    const { session } = work.peer;
    const won = decidedBy(session.view, work.run, tool.id);
    if (won !== undefined && (won.kind === 'approve' || won.kind === 'deny')) {
      tool.decided({ approved: won.kind === 'approve', request: won.id, by: won.by });
      this.#command(work, { do: 'proceed' });
      this.#world.tally.add(`obeyed ${won.kind}`);
      return;
    }
    const part = toolOf(session, work.reply.message, tool.id);
    for (const request of session.view.requests) {
      if (request.kind !== 'approve' && request.kind !== 'deny') continue;
      if (request.call !== tool.id || request.state !== 'requested') continue;
      const bound = part?.state === 'approval-requested' && part.approval.hash === request.hash;
      this.#ack(work, request.id, bound ? 'accepted' : 'refused');
      return;
    }
  }

  /** Answers one open request: accepts a cancel and stops, reads or refuses a steer. */
  #answer(work: Work): void {
    const { chance, tally } = this.#world;
    const { session } = work.peer;
    const cancel = cancelReaching(session.view, work.run);
    if (cancel !== undefined) {
      if (cancel.run === work.run) this.#ack(work, cancel.id, 'accepted');
      tally.add('obeyed cancel');
      this.#end(work, 'cancelled');
      return;
    }
    const open = [...session.view.requests].filter(
      ({ run, state }) => run === work.run && state === 'requested',
    );
    const request = pick(chance, open);
    if (request === undefined || request.kind === 'approve' || request.kind === 'deny') return;
    const state = below(chance, 4) === 0 ? 'refused' : 'settled';
    this.#ack(work, request.id, state);
    tally.add(`${state} ${request.kind}`);
  }

  #ack(work: Work, request: string, state: 'accepted' | 'settled' | 'refused'): void {
    const chars = work.texts.at(-1)?.chars;
    const place = { message: work.reply.message, chars };
    this.#command(work, { do: 'ack', request, state, place });
  }

  #askAnother(work: Work): void {
    const runs = [...this.#world.server.view.runs].length;
    if (runs > 20) return;
    work.peer.session.sendWithin(work.run, 'helper', 'look this up');
    this.#world.tally.add('sub-run');
  }

  #end(work: Work, how: (typeof ENDS)[number]): void {
    const { ledger, tally } = this.#world;
    for (const text of work.texts) ledger.end(work.reply.message, text.id);
    work.reply.end();
    if (how === 'fail') {
      this.#command(work, { do: 'fail', error: { code: 'own', message: 'Sorry.' } });
    } else this.#command(work, { do: how });
    tally.add(`ended ${how}`);
    work.ended = true;
  }

  /** The agent's process dies: all its runs lose their claims, what had not arrived is gone. */
  #die(work: Work): void {
    if (!work.zombie) this.#loseAll(work.peer);
    this.#works = this.#works.filter(({ peer }) => peer !== work.peer);
    this.#world.restart(work.peer);
  }

  /** The agent stands still for so long that its claims expire; it wakes as a zombie. */
  #freeze(work: Work): void {
    this.#world.tally.add('zombie');
    this.#loseAll(work.peer);
    work.peer.doomed = true;
    for (const other of this.#works) if (other.peer === work.peer) other.zombie = true;
  }

  #loseAll(peer: Peer): void {
    const world = this.#world;
    const lost = this.#works.filter((work) => work.peer === peer);
    world.free.delete(peer.name);
    for (const { run, epoch, reply } of lost) world.lose(run, epoch, reply.lanes);
    for (const { reply } of lost) world.ledger.cut(reply.message, world.server.view);
  }

  /** A zombie writes on, asks on, and at some point learns that it is one. */
  #stumble(work: Work): void {
    const { chance } = this.#world;
    if (below(chance, 4) === 0) {
      this.#die(work);
      return;
    }
    work.reply.text().append('the words of a zombie');
    this.#command(work, { do: below(chance, 2) === 0 ? 'complete' : 'proceed' });
  }

  #command(work: Work, command: WithoutRun<HolderCommand>): void {
    work.reply.flush();
    work.peer.link.up.push({ command: { ...command, run: work.run, epoch: work.epoch } });
  }
}

const ENDS = ['complete', 'cancelled', 'fail'] as const;

type WithoutRun<Command> = Command extends unknown ? Omit<Command, 'run' | 'epoch'> : never;

/** Words in any cut: half pairs, long runs that seal a segment, several scripts. */
function tokens(chance: Chance): string {
  const some = ['a ', 'tok', '字', 'é', '👩‍💻', '\ud83d', '\ude00', ' **b**', 'z'.repeat(1500)];
  return pick(chance, some) ?? '';
}
