// Who may write which part of a session, beyond the rights to a whole root: words in one's
// own messages; a reply under the lanes of the claim on its run, and those lanes nowhere
// else; of a run its entry once and its place in the queue, all else the server; a request
// once. It is judged by who writes, by the place, and by facts that never change. Only
// whether a claim is good can change, and that its holder is told.

import type { Json } from '../../src/base/json.ts';
import type { Struct } from '../../src/protocol/struct.ts';
import { RUN } from '../../src/session/shape.ts';
import type { DocumentIndex } from './document-index.ts';
import { entryNumber } from './map-winners.ts';
import type { RootPlace } from './place.ts';
import type { GateRule } from './rule.ts';
import { isOfAnother } from './signature.ts';
import { type Container, NO, type Writer } from './struct-table.ts';
import type { Question } from './verdict.ts';

/** Where a struct is to stand. */
export interface Standing {
  readonly container: number;
  readonly key: number;
}

/** What of a run is the server's alone. */
const serverKeys: ReadonlySet<string> = new Set([
  RUN.status,
  RUN.claim,
  RUN.usage,
  RUN.startedAt,
] satisfies readonly string[]);

export class Authorship {
  #index: DocumentIndex;
  #principal: string;
  #mayWriteIn: (root: RootPlace) => boolean;
  #isFree: boolean;
  /** What the update at hand has written that is written once. */
  #written = new Set<number>();

  constructor(index: DocumentIndex, { sender, isTrusted }: Pick<Question, 'sender' | 'isTrusted'>) {
    this.#index = index;
    this.#principal = sender.principal;
    this.#mayWriteIn = sender.mayWriteIn;
    this.#isFree = isTrusted === true || sender.principal === '';
  }

  /** `run`: what the head of a reply names, where the struct is one. `value`: where it may bear a name. */
  fault(
    writer: Writer,
    { client }: Struct,
    at: Standing,
    run: string | undefined,
    value: Json | undefined,
  ): GateRule | undefined {
    if (this.#isFree) return undefined;
    const into = this.#index.table.containers[at.container];
    // Whose right does not reach there is told that.
    if (into?.root === undefined || !this.#mayWriteIn(into.root)) return undefined;
    if (isOfAnother(into.place, this.#nameOf(at), value, this.#principal)) return 'identity';
    if (writer.lane !== undefined && into.root !== 'messages') return 'lane';
    switch (into.root) {
      case 'messages':
        return this.#inMessage(writer, client, into, at, run);
      case 'runs':
        return this.#inRun(client, into, at);
      case 'control':
        return this.#once(at);
      default:
        return undefined;
    }
  }

  faultOfDeletion(row: number): GateRule | undefined {
    if (this.#isFree) return undefined;
    const { table } = this.#index;
    const into = table.container(row);
    if (into.root === 'control') return 'once';
    if (into.root === 'participants' || into.root === 'annotations') {
      const key = table.keyOf(row) ?? '';
      return isOfAnother(into.place, key, undefined, this.#principal) ? 'identity' : undefined;
    }
    if (into.root === 'runs') {
      return into.place === 'run' && table.keyOf(row) === RUN.order ? undefined : 'bookkeeping';
    }
    if (into.root !== 'messages') return undefined;
    const message = this.#messageOf(into) ?? table.child(row);
    const isOwn = message === undefined || this.#ownerOf(message) === this.#principal;
    return isOwn || this.#holds(message.run) ? undefined : 'author';
  }

  #inMessage(
    { lane }: Writer,
    client: number,
    into: Container,
    at: Standing,
    run: string | undefined,
  ): GateRule | undefined {
    const message = this.#messageOf(into);
    if (message === undefined) return undefined;
    if (into === message && this.#nameOf(at) === 'head') {
      if (this.#index.table.client(message.row) !== client) return 'author';
      return run === lane?.run ? this.#once(at) : 'lane';
    }
    if (lane !== undefined || message.run !== undefined) {
      return lane?.run === message.run ? undefined : 'lane';
    }
    return this.#ownerOf(message) === this.#principal ? undefined : 'author';
  }

  #inRun(client: number, into: Container, at: Standing): GateRule | undefined {
    if (into.place === 'runs') return this.#once(at);
    const name = this.#nameOf(at);
    if (into.place !== 'run' || serverKeys.has(name)) return 'bookkeeping';
    if (name === RUN.order) return undefined;
    const isMaker = this.#index.table.client(into.row) === client;
    return isMaker ? this.#once(at) : 'bookkeeping';
  }

  #once({ container, key }: Standing): GateRule | undefined {
    const entry = entryNumber(container, key);
    if (this.#written.has(entry) || this.#index.winners.of(container, key) !== NO) return 'once';
    this.#written.add(entry);
    return undefined;
  }

  #messageOf(into: Container): Container | undefined {
    if (into.place === 'message') return into;
    return into.message === NO ? undefined : this.#index.table.containers[into.message];
  }

  #ownerOf(message: Container): string | undefined {
    const { table } = this.#index;
    return table.writer(table.client(message.row))?.owner;
  }

  /** Whether the sender has the claim on a run. */
  #holds(run: string | undefined): boolean {
    return this.#index.table.writers.some(
      ({ owner, lane }) => owner === this.#principal && lane?.isHeld === true && lane.run === run,
    );
  }

  #nameOf({ key }: Standing): string {
    return key === NO ? '' : this.#index.table.nameOf(key);
  }
}
