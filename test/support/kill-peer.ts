// A peer of the crash test: it writes words that are nobody else's, prompts or streams or
// takes away, and keeps what it was told. What it was told durable and what others showed
// it must be there after a crash; what it only wrote need not be, and is sent again.

import { below, type Chance, pick } from '../../src/base/chance.ts';
import { createSession, openSession, type Session } from '../../src/session/session.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import { untilDocument, WirePeer, type WirePeerOptions } from './wire-peer.ts';
import type { WireClient } from './wire-client.ts';

export interface KillPeerOptions extends WirePeerOptions {
  readonly principal: string;
  readonly chance: Chance;
  /** Begins the session, claims runs and streams replies. */
  readonly leads: boolean;
}

const ACTS_MAX = 4;
const BARRIERS_MAX = 3;

interface Stream {
  readonly wire: WireClient;
  readonly claim: { readonly run: string; readonly epoch: number };
  readonly reply: ReplyWriter;
  readonly text: ReturnType<ReplyWriter['text']>;
}

export class KillPeer {
  readonly wire: WirePeer;
  readonly session: Session;
  readonly principal: string;
  /** What the barriers that came back covered. */
  readonly durable = { words: new Set<string>(), removed: new Set<string>() };
  /** Barriers that came back. */
  echoes = 0;
  #chance: Chance;
  #leads: boolean;
  /** A reply under a claim of the present connection. */
  #stream: Stream | undefined;
  /** A claim was asked for on it. */
  #claiming: WireClient | undefined;
  #written: { words: string[]; removed: string[] } = { words: [], removed: [] };
  #count = 0;
  #prompts: string[] = [];
  #removed = new Set<string>();
  /** Words that were taken away, whether or not anybody heard. */
  #gone = new Set<string>();

  constructor(options: KillPeerOptions) {
    const { principal, chance, leads } = options;
    this.principal = principal;
    this.#chance = chance;
    this.wire = new WirePeer(options);
    const { doc } = this.wire;
    this.session = leads
      ? createSession({ doc, principal, chance, agent: principal })
      : openSession(doc, { principal, chance });
    this.#leads = leads;
  }

  /** What the server showed of others: messages that somebody else took away. */
  get shownRemoved(): readonly string[] {
    return [...this.session.view.messages]
      .filter(({ deleted, author }) => deleted && author !== this.principal)
      .map(({ id }) => id);
  }

  /** Writes, asks whether it is durable, and goes on, until the connection ends. */
  async work(onEcho: () => void): Promise<void> {
    const under: Promise<void>[] = [];
    while (this.wire.wire.isOpen) {
      for (let acts = below(this.#chance, ACTS_MAX); acts >= 0; acts--) this.#act();
      under.push(this.#ask(onEcho));
      if (under.length >= BARRIERS_MAX) await under.shift();
    }
    await Promise.all(under);
  }

  /** A barrier, and what it covers once it comes back. A connection that ends covers nothing. */
  async #ask(onEcho: () => void): Promise<void> {
    const stream = this.#current;
    // However long a life is on a slow machine, the claim outlives it.
    if (stream !== undefined) this.wire.wire.tell({ type: 'renew', ...stream.claim });
    const covered = this.#written;
    this.#written = { words: [], removed: [] };
    try {
      await this.wire.barrier();
    } catch {
      // Sent again when it comes back, and covered by the next barrier then.
      this.#written.words.unshift(...covered.words);
      this.#written.removed.unshift(...covered.removed);
      return;
    }
    for (const word of covered.words) if (!this.#gone.has(word)) this.durable.words.add(word);
    for (const message of covered.removed) this.durable.removed.add(message);
    this.echoes += 1;
    onEcho();
  }

  #act(): void {
    // Of who joined while the server died, the session may not have arrived.
    if (this.wire.doc.getMap('meta').size === 0) return;
    const kind = below(this.#chance, 20);
    if (this.#leads && kind < 17) this.#append();
    else if (kind === 19) this.#remove();
    else this.#prompts.push(this.session.send(this.#word(), { agent: null }).message);
  }

  /** A word in the text of a reply, and now and then a new reply. */
  #append(): void {
    const { wire } = this.wire;
    if (this.#stream?.wire !== wire || below(this.#chance, 30) === 0) this.#askForRun(wire);
    const stream = this.#current;
    if (stream === undefined) return;
    stream.text.append(this.#word());
    stream.reply.flush();
  }

  /** The reply that is being written, unless its connection has ended. */
  get #current(): Stream | undefined {
    return this.#stream?.wire === this.wire.wire ? this.#stream : undefined;
  }

  /** Ends the reply that is being written, and claims the run of another one. */
  #askForRun(wire: WireClient): void {
    if (this.#claiming === wire) return;
    this.#claiming = wire;
    const stream = this.#current;
    if (stream !== undefined) {
      stream.reply.end();
      wire.tell({ type: 'advance', ...stream.claim, to: 'complete' });
      this.#stream = undefined;
    }
    const { run } = this.session.send('Go on.', { agent: this.principal });
    // A connection that ends answers nothing, and another one claims anew.
    if (run !== null) void this.#claim(wire, run).catch(() => undefined);
  }

  async #claim(wire: WireClient, run: string): Promise<void> {
    const claimed = await wire.ask({ type: 'claim', run });
    if (claimed.type !== 'claimed') throw new Error(`${run} was not granted: ${claimed.type}`);
    const [lane] = claimed.lanes;
    const holds = (): boolean => this.session.view.runs.get(run)?.claim?.epoch === claimed.epoch;
    await untilDocument(this.wire.doc, holds);
    if (this.wire.wire !== wire || lane === undefined) return;
    const reply = this.session.begin(run, lane);
    const claim = { run, epoch: claimed.epoch };
    this.#stream = { wire, claim, reply, text: reply.text() };
    this.#claiming = undefined;
  }

  #remove(): void {
    const message = pick(this.#chance, this.#prompts);
    if (message === undefined || this.#removed.has(message)) return;
    this.#removed.add(message);
    const words = wordsIn(this.session.view.messages.get(message)?.parts);
    this.session.remove(message);
    // Its words are neither promised nor looked for any more.
    for (const word of words) {
      this.#gone.add(word);
      this.durable.words.delete(word);
    }
    this.#written.removed.push(message);
  }

  #word(): string {
    const word = `<${this.principal}:${++this.#count}>`;
    this.#written.words.push(word);
    return word;
  }
}

/** Every word that a crash test could have written in there. */
export function wordsIn(value: unknown): readonly string[] {
  return JSON.stringify(value ?? null).match(/<[^<>]+>/g) ?? [];
}
