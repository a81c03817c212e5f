// What the decisions about a session are taken from (`Projection` of src/session): its runs,
// its requests and its policy, read from the index as it is now, batches that are not
// committed included, because who decides next must know what was decided. What changed is
// read anew when somebody looks. Who asked is whoever wrote it: what a document says of
// that is believed of the server alone.

import { isJsonObject, type Json } from '../../src/base/json.ts';
import type { KnownRequest, Projection } from '../../src/session/bookkeeping.ts';
import { type Ack, decodeAck, decodeRequest } from '../../src/session/control.ts';
import { DEFAULT_POLICY, isPolicy, type Policy } from '../../src/session/policy.ts';
import { decodeRun, type Run } from '../../src/session/run.ts';
import { META, RUN } from '../../src/session/shape.ts';
import type { DocumentIndex } from './document-index.ts';
import { NO } from './struct-table.ts';

/** Values by id, as the decisions want them. */
class Shelf<Value> {
  readonly values = new Map<string, Value>();

  get(id: string): Value | undefined {
    return this.values.get(id);
  }

  [Symbol.iterator](): Iterator<Value> {
    return this.values.values();
  }
}

export class RoomProjection implements Projection {
  #index: DocumentIndex;
  #runs = new Shelf<Run>();
  #requests = new Shelf<KnownRequest>();
  #staleRuns = new Set<string>();
  #staleRequests = new Set<string>();
  #isChanged = false;

  constructor(index: DocumentIndex) {
    this.#index = index;
    for (const id of this.#keysOf(index.root('runs'))) this.#staleRuns.add(id);
    for (const id of this.#keysOf(index.root('control'))) this.#staleRequests.add(id);
    this.#isChanged = true;
    index.watchers.push((container, key) => this.#touch(container, key));
  }

  get policy(): Policy {
    const policy = this.#value(this.#index.root('meta'), META.policy);
    return isPolicy(policy) ? policy : DEFAULT_POLICY;
  }

  get titledByPerson(): boolean {
    const title = this.#value(this.#index.root('meta'), META.title);
    return typeof title === 'string' && title !== '';
  }

  get runs(): Projection['runs'] {
    this.#refresh();
    return this.#runs;
  }

  get requests(): Projection['requests'] {
    this.#refresh();
    return this.#requests;
  }

  /** Whether anything is another now than at the last call. */
  takeChange(): boolean {
    const isChanged = this.#isChanged;
    this.#isChanged = false;
    return isChanged;
  }

  #touch(container: number, key: number): void {
    const { table } = this.#index;
    const { place, key: name, row } = table.containers[container] ?? { place: 'other' };
    if (place === 'runs') this.#staleRuns.add(table.nameOf(key));
    else if (place === 'control') this.#staleRequests.add(table.nameOf(key));
    else if (place === 'run') this.#staleRuns.add(name ?? '');
    else if (place === 'acks') {
      this.#staleRuns.add(table.container(row ?? NO).key ?? '');
      this.#staleRequests.add(table.nameOf(key));
    } else if (place !== 'meta') return;
    this.#isChanged = true;
  }

  #refresh(): void {
    for (const id of this.#staleRuns) this.#refreshRun(id);
    this.#staleRuns.clear();
    for (const id of this.#staleRequests) {
      const request = this.#readRequest(id);
      if (request === undefined) this.#requests.values.delete(id);
      else this.#requests.values.set(id, request);
    }
    this.#staleRequests.clear();
  }

  #refreshRun(id: string): void {
    const before = this.#runs.get(id);
    const run = this.#readRun(id);
    if (run === undefined) this.#runs.values.delete(id);
    else this.#runs.values.set(id, run);
    // An ack may have been there before its run could be read, or be gone with it.
    if ((before === undefined) === (run === undefined)) return;
    for (const request of this.#requests.values.values()) {
      if (request.run === id) this.#staleRequests.add(request.id);
    }
  }

  #readRun(id: string): Run | undefined {
    const container = this.#child(this.#index.root('runs'), id);
    if (container === undefined || this.#acksOf(container) === undefined) return undefined;
    const run = decodeRun((key) => this.#value(container, key))?.run;
    if (run?.id !== id) return undefined;
    const owner = this.#ownerOf(container, RUN.head);
    return owner === '' ? run : { ...run, createdBy: owner };
  }

  #readRequest(id: string): KnownRequest | undefined {
    const control = this.#index.root('control');
    const request = decodeRequest(this.#value(control, id));
    if (request?.id !== id) return undefined;
    const ack = this.#readAck(request.run, id) ?? null;
    const by = this.#ownerOf(control, id) || request.by;
    return { ...request, by, state: ack?.state ?? 'requested', ack };
  }

  #readAck(run: string, request: string): Ack | undefined {
    if (this.#runs.get(run) === undefined) return undefined;
    const container = this.#child(this.#index.root('runs'), run);
    const acks = container === undefined ? undefined : this.#acksOf(container);
    const ack = acks === undefined ? undefined : this.#value(acks, request);
    return isJsonObject(ack) ? decodeAck(ack) : undefined;
  }

  #acksOf(container: number): number | undefined {
    const acks = this.#child(container, RUN.acks);
    return acks !== undefined && this.#index.table.containers[acks]?.kind === 'map'
      ? acks
      : undefined;
  }

  /** The principal that wrote what stands under a key; the empty word is the server. */
  #ownerOf(container: number, key: string): string {
    const { table, winners } = this.#index;
    const number = table.findKey(key);
    const row = number === undefined ? NO : winners.of(container, number);
    return row === NO ? '' : (table.writer(table.client(row))?.owner ?? '');
  }

  #child(container: number, key: string): number | undefined {
    const number = this.#index.table.findKey(key);
    return number === undefined ? undefined : this.#index.entry(container, number).child;
  }

  #value(container: number, key: string): Json | undefined {
    const number = this.#index.table.findKey(key);
    return number === undefined ? undefined : this.#index.entry(container, number).value;
  }

  #keysOf(container: number): ReadonlySet<string> {
    const { table } = this.#index;
    const keys = new Set<string>();
    for (let row = table.containers[container]?.last ?? NO; row !== NO; row = table.previous(row)) {
      const key = table.keyOf(row);
      if (key !== undefined) keys.add(key);
    }
    return keys;
  }
}
