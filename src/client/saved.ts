// How far each thing that was written here has got:
//
//     local -> stored -> sent -> durable -> seen
//                 '-------'---> refused
//
// `stored` is said by the offline store when its transaction is complete, `sent` when it was
// handed to a socket, `durable` when the server has committed it, `seen` when somebody acts
// on it: its run was claimed, its request answered. A state that came stays reached, so
// without a store that lasts `local` is followed by `sent`. Nothing here is ever guessed.

import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import { assert } from '../base/assert.ts';
import type { View } from '../session/view.ts';
import { clientError, type ClientError } from './error.ts';
import type { Intent } from './intent.ts';

export type WriteState = 'local' | 'stored' | 'sent' | 'durable' | 'seen' | 'refused';

/** Why something was not taken. */
export interface Refusal {
  /** The rule of the server, or `depends` where it leans on something that was refused. */
  readonly rule: string;
  /** For the person. */
  readonly sentence: string;
}

/** One thing that was written, and how far it has got. */
export interface Written {
  readonly state: WriteState;
  readonly refusal?: Refusal | undefined;
  subscribe(listener: (state: WriteState) => void): Unsubscribe;
  /** Resolves when it is in this state or a later one; rejects with a ClientError where it is refused. */
  reached(state: Exclude<WriteState, 'refused'>): Promise<void>;
}

const order: readonly WriteState[] = ['local', 'stored', 'sent', 'durable', 'seen'];

class Write implements Written {
  entry: string;
  readonly intent: Intent | undefined;
  state: WriteState = 'local';
  refusal: Refusal | undefined = undefined;
  /** How many writes were in the document when this one was. */
  position: number;
  #changed = createEmitter<WriteState>();

  constructor(entry: string, intent: Intent | undefined, position: number) {
    this.entry = entry;
    this.intent = intent;
    this.position = position;
  }

  get isPending(): boolean {
    return order.indexOf(this.state) < order.indexOf('durable') && this.state !== 'refused';
  }

  subscribe(listener: (state: WriteState) => void): Unsubscribe {
    return this.#changed.subscribe(listener);
  }

  reached(state: Exclude<WriteState, 'refused'>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): boolean => {
      if (this.state === 'refused') reject(this.#error());
      else if (order.indexOf(this.state) >= order.indexOf(state)) resolve();
      else return false;
      return true;
    };
    if (look()) return promise;
    const stop = this.subscribe(() => {
      if (look()) stop();
    });
    return promise;
  }

  /** Goes on to a later state. Returns whether it did. */
  reach(state: WriteState): boolean {
    if (this.state === 'refused' || order.indexOf(state) <= order.indexOf(this.state)) return false;
    this.state = state;
    this.#changed.emit(state);
    return true;
  }

  refuse(refusal: Refusal): void {
    this.state = 'refused';
    this.refusal = refusal;
    this.#changed.emit('refused');
  }

  #error(): ClientError {
    const { rule = '', sentence = '' } = this.refusal ?? {};
    return clientError('refused', sentence, { rule });
  }
}

/** Writes that ended and are still remembered, so that an app may ask for them by id. */
const ENDED_MAX = 1_000;

export class Saved {
  #writes = new Map<string, Write>();
  /** By each id that a write made. */
  #byId = new Map<string, Write>();
  /** Durable, with a run or a request that nobody has taken up. */
  #unseen = new Set<Write>();
  #ended: Write[] = [];
  #pending = 0;
  #changed = createEmitter<void>();

  /** How many writes the server is not known to have. */
  get unsent(): number {
    return this.#pending;
  }

  /** Undefined: nothing of this device is under way for this id. */
  stateOf(id: string): WriteState | undefined {
    return this.#byId.get(id)?.state;
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#changed.subscribe(listener);
  }

  has(entry: string): boolean {
    return this.#writes.has(entry);
  }

  /** The entries that are not known to be durable. */
  get pending(): readonly string[] {
    return [...this.#writes.values()].filter((write) => write.isPending).map(({ entry }) => entry);
  }

  /** Notes a write. `stored`: it came from the store. */
  add(entry: string, intent: Intent | undefined, position: number, isStored = false): Written {
    assert(!this.#writes.has(entry), 'a write is noted once');
    const write = new Write(entry, intent, position);
    if (isStored) write.state = 'stored';
    this.#writes.set(entry, write);
    for (const id of intent?.ids ?? []) this.#byId.set(id, write);
    this.#pending++;
    this.#changed.emit();
    return write;
  }

  /** A verb that had nothing to write. */
  static nothing(): Written {
    const write = new Write('', undefined, 0);
    write.state = 'durable';
    return write;
  }

  stored(entries: readonly string[]): void {
    let changed = false;
    for (const entry of entries) changed = this.#writes.get(entry)?.reach('stored') || changed;
    if (changed) this.#changed.emit();
  }

  /** All writes up to this position were handed to a socket. */
  sent(position: number): void {
    let changed = false;
    for (const write of this.#writes.values()) {
      if (write.position <= position) changed = write.reach('sent') || changed;
    }
    if (changed) this.#changed.emit();
  }

  /** All writes up to this position are durable. Returns the entries of which that is new. */
  durable(position: number): readonly string[] {
    const due = [...this.#writes.values()].filter(
      (write) => write.isPending && write.position <= position,
    );
    this.#settle(due);
    return due.map(({ entry }) => entry);
  }

  /** These are durable: another tab heard it, or they were found in what the server has. */
  settled(entries: readonly string[]): void {
    this.#settle(
      entries
        .map((entry) => this.#writes.get(entry))
        .filter((write) => write !== undefined)
        .filter((write) => write.isPending),
    );
  }

  refuse(entry: string, refusal: Refusal): void {
    const write = this.#writes.get(entry);
    if (write?.isPending !== true) return;
    this.#pending--;
    write.refuse(refusal);
    this.#end(write);
    this.#changed.emit();
  }

  /** It was issued again, under another name, into another document. */
  move(entry: string, next: string, position: number): void {
    const write = this.#writes.get(entry);
    if (write === undefined) return;
    this.#writes.delete(entry);
    write.entry = next;
    write.position = position;
    this.#writes.set(next, write);
  }

  /** Nothing of this document will be sent any more: no position of it may settle anything. */
  suspend(): void {
    for (const write of this.#writes.values()) {
      if (write.isPending) write.position = Number.POSITIVE_INFINITY;
    }
  }

  /** Looks whether somebody took up what was sent. */
  look(view: View): void {
    let changed = false;
    for (const write of this.#unseen) {
      if (!isSeen(write.intent, view)) continue;
      this.#unseen.delete(write);
      changed = write.reach('seen') || changed;
    }
    if (changed) this.#changed.emit();
  }

  #settle(writes: readonly Write[]): void {
    if (writes.length === 0) return;
    for (const write of writes) {
      this.#pending--;
      write.reach('durable');
      if (write.intent !== undefined) this.#unseen.add(write);
      this.#end(write);
    }
    this.#changed.emit();
  }

  #end(write: Write): void {
    this.#writes.delete(write.entry);
    this.#ended.push(write);
    if (this.#ended.length <= ENDED_MAX) return;
    const oldest = this.#ended.shift();
    if (oldest === undefined) return;
    this.#unseen.delete(oldest);
    for (const id of oldest.intent?.ids ?? []) {
      if (this.#byId.get(id) === oldest) this.#byId.delete(id);
    }
  }
}

/** Whether a run that it asked for was ever claimed, or ended, or a request was answered. */
function isSeen(intent: Intent | undefined, view: View): boolean {
  return (intent?.ids ?? []).some((id) => {
    const run = view.runs.get(id);
    if (run !== undefined) return run.startedAt !== null || run.claim !== null;
    const request = view.requests.get(id);
    return request !== undefined && request.state !== 'requested';
  });
}
