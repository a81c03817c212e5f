// The other roots as a reader keeps them: maps of small records, each read again
// when it changed. Runs hold nested maps (their own and their acks'), so a change
// below one leads back to it; all others are plain JSON under a key.

import * as Y from 'yjs';
import { type Annotation, decodeAnnotation } from './annotation.ts';
import {
  type Ack,
  type ControlRequest,
  decodeAck,
  decodeRequest,
  type RequestState,
} from './control.ts';
import { isId } from '../base/id.ts';
import { fault, type Fault } from './fault.ts';
import { limits } from './limits.ts';
import { decodeProfile, type Participant } from './participant.ts';
import { decodeRun, type Run } from './run.ts';
import { RUN, type Roots, SELECTION_ROOT } from './shape.ts';
import { childOf, keyOf, type Placed } from './struct.ts';
import { same, type Table, TableWriter } from './table.ts';

/** A request with what became of it. */
export type Request = ControlRequest & {
  readonly state: RequestState;
  readonly ack: Ack | null;
};

/** What one transaction changed, for the caller that keeps the tree of messages. */
export interface RecordChanges {
  /** Runs whose value is another object now. */
  readonly runs: Set<string>;
  selection: boolean;
  any: boolean;
}

/** The keys of one map, undefined meaning all of them. */
type Keys = ReadonlySet<string | null> | undefined;

export class RecordList {
  #roots: Roots;
  #runs = new TableWriter<Run>();
  #requests = new TableWriter<Request>();
  #participants = new TableWriter<Participant>();
  #annotations = new TableWriter<Annotation>();
  #selection: ReadonlyMap<string, string> = new Map();
  #acks = new Map<string, ReadonlyMap<string, Ack>>();
  /** By root and key. */
  #faults = new Map<string, readonly Fault[]>();

  constructor(roots: Roots) {
    this.#roots = roots;
    const changes: RecordChanges = { runs: new Set(), selection: false, any: false };
    this.#takeRuns(undefined, changes);
    this.#takeRequests(undefined);
    this.#takeParticipants(undefined);
    this.#takeAnnotations(undefined);
    this.#takeSelection();
  }

  get runs(): Table<Run> {
    return this.#runs.snapshot();
  }

  run(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  get requests(): Table<Request> {
    return this.#requests.snapshot();
  }

  get participants(): Table<Participant> {
    return this.#participants.snapshot();
  }

  get annotations(): Table<Annotation> {
    return this.#annotations.snapshot();
  }

  get selection(): ReadonlyMap<string, string> {
    return this.#selection;
  }

  *faults(): IterableIterator<Fault> {
    for (const faults of this.#faults.values()) yield* faults;
  }

  /** Takes one changed type into account. Returns whether it was one of these roots or below one. */
  take(type: Placed, keys: Keys, changes: RecordChanges): boolean {
    const run = this.#runOf(type);
    if (run !== undefined) this.#takeRuns(new Set([run]), changes);
    else if (type === this.#roots.runs) this.#takeRuns(keys, changes);
    else if (type === this.#roots.control) this.#takeRequests(keys);
    else if (type === this.#roots.participants) this.#takeParticipants(keys);
    else if (type === this.#roots.annotations) this.#takeAnnotations(keys);
    else if (type === this.#roots.selection) {
      this.#takeSelection();
      changes.selection = true;
    } else return false;
    changes.any = true;
    return true;
  }

  /** The run whose entry, or whose map of acks, this is. */
  #runOf(type: Placed): string | undefined {
    const entry = childOf(this.#roots.runs, type);
    if (!(entry instanceof Y.Map)) return undefined;
    return type === entry || type === entry.get(RUN.acks) ? keyOf(entry) : undefined;
  }

  #takeRuns(keys: Keys, changes: RecordChanges): void {
    for (const id of keysOf(this.#roots.runs, keys)) {
      const before = this.#acks.get(id);
      const run = this.#readRun(id, this.#roots.runs.get(id));
      if (run === undefined) this.#acks.delete(id);
      if (this.#runs.set(id, run)) changes.runs.add(id);
      const acks = this.#acks.get(id);
      const acked = [...(before?.keys() ?? []), ...(acks?.keys() ?? [])];
      if (acked.length > 0) this.#takeRequests(new Set(acked));
    }
  }

  #readRun(id: string, entry: unknown): Run | undefined {
    const where = `runs/${id}`;
    this.#faults.delete(where);
    if (entry === undefined) return undefined;
    if (!(entry instanceof Y.Map)) {
      this.#faults.set(where, [fault('wrong-type', where, 'No run.')]);
      return undefined;
    }
    const map = entry as Y.Map<unknown>;
    const decoded = decodeRun((key) => map.get(key));
    if (decoded === undefined || decoded.run.id !== id) {
      this.#faults.set(where, [fault('malformed', where, 'A run without a valid head.')]);
      return undefined;
    }
    const acks: unknown = map.get(RUN.acks);
    if (!(acks instanceof Y.Map)) {
      // Nobody could ever answer a request on it, so it is no run.
      this.#faults.set(where, [fault('wrong-type', `${where}/acks`, 'Not a map of acks.')]);
      return undefined;
    }
    const faults = decoded.malformed.map((key) =>
      fault('malformed', `${where}/${key}`, 'Left out; it is not of its shape.'),
    );
    this.#acks.set(id, this.#readAcks(id, acks, faults, this.#acks.get(id)));
    if (faults.length > 0) this.#faults.set(where, faults);
    return same(this.#runs.get(id), decoded.run);
  }

  #readAcks(
    run: string,
    entry: Y.Map<unknown>,
    faults: Fault[],
    before: ReadonlyMap<string, Ack> | undefined,
  ): ReadonlyMap<string, Ack> {
    const acks = new Map<string, Ack>();
    entry.forEach((value, request) => {
      const ack = decodeAck(value);
      if (ack === undefined) faults.push(fault('malformed', `runs/${run}/acks`, 'Not an ack.'));
      else acks.set(request, same(before?.get(request), ack));
    });
    return acks;
  }

  #takeRequests(keys: Keys): void {
    const root = this.#roots.control;
    this.#takePlain('control', root, keys, this.#requests, (id, value) => {
      const request = decodeRequest(value);
      if (request === undefined || request.id !== id) return undefined;
      const ack = this.#acks.get(request.run)?.get(id) ?? null;
      const state = ack?.state ?? 'requested';
      return Object.freeze({ ...request, state, ack });
    });
  }

  #takeParticipants(keys: Keys): void {
    this.#takePlain(
      'participants',
      this.#roots.participants,
      keys,
      this.#participants,
      (id, value) => {
        const profile = decodeProfile(value);
        return profile && id.length <= limits.principalCharsMax && id !== ''
          ? Object.freeze({ ...profile, id })
          : undefined;
      },
    );
  }

  #takeAnnotations(keys: Keys): void {
    this.#takePlain(
      'annotations',
      this.#roots.annotations,
      keys,
      this.#annotations,
      decodeAnnotation,
    );
  }

  #takePlain<Value>(
    name: string,
    root: Y.Map<unknown>,
    keys: Keys,
    table: TableWriter<Value>,
    read: (key: string, value: unknown) => Value | undefined,
  ): void {
    for (const key of keysOf(root, keys)) {
      const where = `${name}/${key}`;
      this.#faults.delete(where);
      const stored = root.get(key);
      const value = stored === undefined ? undefined : read(key, stored);
      if (stored !== undefined && value === undefined) {
        this.#faults.set(where, [fault('malformed', where, 'Left out; it is not of its shape.')]);
      }
      table.set(key, value && same(table.get(key), value));
    }
  }

  #takeSelection(): void {
    const selection = new Map<string, string>();
    const faults: Fault[] = [];
    for (const [parent, child] of this.#roots.selection.entries()) {
      if ((isId(parent) || parent === SELECTION_ROOT) && isId(child)) selection.set(parent, child);
      else faults.push(fault('malformed', `selection/${parent}`, 'Not a choice between messages.'));
    }
    this.#selection = selection;
    this.#faults.set('selection', faults);
  }
}

function keysOf(root: Y.Map<unknown>, keys: Keys): Iterable<string> {
  if (keys === undefined) return root.keys();
  return [...keys].filter((key) => key !== null);
}
