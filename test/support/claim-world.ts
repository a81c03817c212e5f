// People and agents in a real room who do what they like, at random: they ask, cancel, steer,
// claim, write, end, give back, freeze and come too late; commits fail, and everybody leaves.
// At rest all have the same document, and the room knows of it what a document's reader knows.

import { loadSession } from '../../server/room/load.ts';
import { roomLimits } from '../../server/room/limits.ts';
import { RoomProjection } from '../../server/room/projection.ts';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import type { Claimed } from '../../src/protocol/claim.ts';
import { checkInvariants } from '../../src/session/invariant.ts';
import { policies } from '../../src/session/policy.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import { isFinal } from '../../src/session/run.ts';
import { agentRights, ClaimStage, personRights, type SessionPeer } from './claim-stage.ts';
import { rest, stageSession, stageWith } from './room-stage.ts';
import type { Tally } from './tally.ts';

/** What must have happened in some of many worlds. */
export const claimEvents: readonly string[] = [
  'asked',
  'cancel',
  'steer',
  'claimed',
  'refused',
  'complete',
  'cancelled',
  'released',
  'taken over',
  'lapsed',
  'zombie',
  'offline',
  'commit failed',
];

interface Work {
  readonly agent: SessionPeer;
  readonly claimed: Claimed;
  readonly reply: ReplyWriter;
}

export class ClaimWorld {
  readonly problems: string[] = [];
  #chance: Chance;
  #tally: Tally;
  #stage: ClaimStage;
  #people: SessionPeer[] = [];
  #agents: SessionPeer[] = [];
  #works: Work[] = [];
  #names = 0;

  private constructor(chance: Chance, tally: Tally, stage: ClaimStage) {
    this.#chance = chance;
    this.#tally = tally;
    this.#stage = stage;
  }

  static async run(seed: number, steps: number, tally: Tally): Promise<ClaimWorld> {
    const world = new ClaimWorld(seededChance(seed), tally, new ClaimStage(await stageWith()));
    const policy = pick(world.#chance, policies) ?? 'enqueue';
    world.#people.push(await world.#stage.join('ann', personRights, { policy }));
    await world.#fill();
    for (let step = 0; step < steps && world.problems.length === 0; step++) await world.#step();
    await world.#finish();
    return world;
  }

  /** Whoever was sent away comes again, with nothing of what it had. */
  async #fill(): Promise<void> {
    // Of whom something was refused has what nobody else has: it begins anew.
    const isGood = ({ closed, heard }: SessionPeer): boolean =>
      closed === undefined && !heard.some(({ type }) => type === 'refused');
    for (const peer of this.#stage.peers) if (!isGood(peer)) peer.leave();
    this.#people = this.#people.filter(isGood);
    this.#agents = this.#agents.filter(isGood);
    this.#works = this.#works.filter(({ agent }) => isGood(agent));
    this.#stage.keep(isGood);
    while (this.#people.length < 2) {
      this.#people.push(await this.#stage.join(`person${this.#names++ % 2}`, personRights));
    }
    while (this.#agents.length < 2) {
      this.#agents.push(await this.#stage.join(`agent${this.#names++ % 2}`, agentRights));
    }
  }

  async #step(): Promise<void> {
    const { room } = this.#stage;
    room.clock.advance(1);
    if (below(this.#chance, 3) === 0) this.#person();
    else await this.#agent();
    switch (below(this.#chance, 40)) {
      case 0:
        this.#tally.add('lapsed');
        room.clock.advance(10_000);
        break;
      case 1:
        this.#tally.add('commit failed');
        room.outcomes.push({ ok: false, code: 'unavailable', reason: 'full', stored: 'no' });
        break;
      default:
        break;
    }
    if (below(this.#chance, 3) > 0) await this.#stage.settle();
    else await rest(1);
    await this.#fill();
  }

  #person(): void {
    const person = pick(this.#chance, this.#people);
    if (person === undefined) return;
    const { session } = person;
    const open = [...session.view.runs].filter(({ status }) => !isFinal(status.state));
    const run = pick(this.#chance, open)?.id;
    switch (below(this.#chance, 5)) {
      case 0:
        this.#tally.add('offline');
        person.isOffline = !person.isOffline;
        return;
      case 1:
        if (run === undefined) return;
        this.#tally.add('cancel');
        return void session.cancel(run);
      case 2:
        if (run === undefined) return;
        this.#tally.add('steer');
        return void session.steer(run, 'Rather there.');
      case 3:
        session.setPolicy(pick(this.#chance, policies) ?? 'enqueue');
        return;
      default:
        this.#tally.add('asked');
        return void session.send('Where?');
    }
  }

  async #agent(): Promise<void> {
    const work = pick(this.#chance, this.#works);
    if (work === undefined || below(this.#chance, 4) === 0) return this.#claim();
    const { run, epoch } = work.claimed;
    if (work.agent.isOffline) return;
    const isLost = work.agent.session.view.runs.get(run)?.claim?.epoch !== epoch;
    if (isLost) this.#tally.add('zombie');
    if (below(this.#chance, 2) === 0) {
      work.reply.text().append('At the harbour.');
      return work.reply.flush();
    }
    const deed = below(this.#chance, 4);
    this.#works = this.#works.filter((other) => other !== work);
    work.reply.end();
    if (deed === 3) return;
    if (deed === 2) {
      this.#tally.add('released');
      return void work.agent.tell({ type: 'release', run, epoch });
    }
    const to = deed === 0 ? 'complete' : 'cancelled';
    this.#tally.add(to);
    return void work.agent.tell({ type: 'advance', run, epoch, to });
  }

  async #claim(): Promise<void> {
    const takes = below(this.#chance, 6) === 0;
    const agent = pick(this.#chance, takes ? this.#people : this.#agents);
    if (agent === undefined || agent.isOffline) return;
    const open = [...agent.session.view.runs].filter(({ status }) => !isFinal(status.state));
    const run = pick(this.#chance, open)?.id;
    if (run === undefined) return;
    const id = agent.tell({ type: 'claim', run, ...(takes && { take: true }) });
    await this.#stage.settle();
    const claimed = agent.heard.find(({ re }) => re === id);
    if (claimed?.type !== 'claimed') return this.#tally.add('refused');
    this.#tally.add(takes ? 'taken over' : 'claimed');
    this.#works.push({ agent, claimed, reply: agent.begin(claimed) });
  }

  async #finish(): Promise<void> {
    for (const person of this.#people) person.isOffline = false;
    this.#stage.room.outcomes.length = 0;
    await this.#stage.settle();
    for (let round = 0; round < 500; round++) {
      await this.#fill();
      const [agent] = this.#agents;
      const views = agent?.session.view.runs ?? [];
      const left = [...views].filter(({ status }) => !isFinal(status.state));
      if (agent === undefined || left.length === 0) break;
      this.#stage.room.clock.advance(10_000);
      await this.#stage.settle();
      for (const { id: run } of left) {
        const answer = await agent.ask({ type: 'claim', run });
        if (answer.type !== 'claimed') continue;
        await agent.ask({ type: 'advance', run, epoch: answer.epoch, to: 'complete' });
      }
    }
    await this.#stage.settle();
    await this.#fill();
    await this.#stage.settle();
    await this.#compare();
  }

  async #compare(): Promise<void> {
    if (this.#stage.digests !== 1) this.problems.push('the documents differ');
    const [person] = this.#people;
    if (person === undefined) return;
    const { view, doc } = person.session;
    this.problems.push(...checkInvariants(doc).map((found) => JSON.stringify(found)));
    for (const { id, status } of view.runs) {
      if (!isFinal(status.state)) this.problems.push(`${id} is ${status.state} at the end`);
    }
    for (const { id, state } of view.requests) {
      if (state === 'requested' || state === 'accepted') this.problems.push(`${id} is ${state}`);
    }
    const { memory } = this.#stage.room;
    const loaded = await loadSession(memory, stageSession, roomLimits, () => Promise.resolve());
    if (!loaded.ok) return void this.problems.push(loaded.code);
    const { runs, requests } = new RoomProjection(loaded.ledger.index);
    const text = (values: Iterable<{ readonly id: string }>): string =>
      JSON.stringify([...values].toSorted((one, other) => (one.id < other.id ? -1 : 1)));
    if (text(runs) !== text(view.runs)) this.problems.push('the room knows other runs');
    if (text(requests) !== text(view.requests)) this.problems.push('it knows other requests');
    const broken = this.#stage.room.reports.filter((line) => line.startsWith('broken'));
    this.problems.push(...broken);
  }
}
