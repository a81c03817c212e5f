// The store's thread, seen from the log's: one message for each action, answered in
// order. SQLite stalls its thread for 10 to 30 ms at a checkpoint, and for long at an
// erasure; no socket should wait for that.

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { defined } from '../../src/base/assert.ts';
import type { CrashPoint } from './crash-point.ts';
import { StoreFault } from './fault.ts';
import type { LogRecord } from './log.ts';
import { recordBytes, writeRecord } from './record.ts';
import type { UnavailableReason } from './refusal.ts';
import { storeActionNames, type Store } from './store.ts';

export interface ThreadData {
  readonly folder: string;
  /** For tests: kill the process when this point is passed for the `passes`th time. */
  readonly killAt: { readonly point: CrashPoint; readonly passes: number } | undefined;
}

export interface ThreadCall {
  readonly name: string;
  readonly args: readonly unknown[];
  /** The records of a move, as they lie in the journal one after another: their owner. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

export type ThreadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      /** Of a LogOpenError. */
      readonly code: string | undefined;
      readonly reason: UnavailableReason;
      readonly message: string;
      readonly lasting: boolean;
    };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Rejects every call, waiting and later, when the thread has died. */
export function threadStore(data: ThreadData): Store {
  const file = new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, { workerData: data, name: 'holdfast-store' });
  const waiting: Waiting[] = [];
  let dead: StoreFault | undefined;
  const die = (why: string): void => {
    dead ??= new StoreFault('damaged', why, true);
    for (const { reject } of waiting.splice(0)) reject(dead);
  };
  worker.on('message', (answer: ThreadAnswer) => {
    const { resolve, reject } = defined(waiting.shift(), 'the call of an answer');
    if (answer.ok) resolve(answer.value);
    else reject(faultOf(answer));
  });
  worker.on('error', (error) => die(`the store's thread failed: ${String(error)}`));
  worker.on('exit', () => die("the store's thread has ended"));
  const call = (name: string, args: readonly unknown[]): Promise<unknown> => {
    if (dead !== undefined) return Promise.reject(dead);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.push({ resolve, reject });
    post(worker, name === 'move' ? packMove(args) : { name, args: args.map(exact) });
    return promise;
  };
  const actions = storeActionNames.map((name) => [
    name,
    (...args: readonly unknown[]) => call(name, args),
  ]);
  return Object.fromEntries(actions) as Store;
}

/** Cloning an object for each record would cost more than storing it: one buffer, handed over. */
function packMove([records, ...rest]: readonly unknown[]): ThreadCall {
  const moved = records as readonly LogRecord[];
  const size = moved.reduce((sum, record) => sum + recordBytes(record), 0);
  const bytes = new Uint8Array(size);
  const buffer = Buffer.from(bytes.buffer);
  let at = 0;
  for (const record of moved) at = writeRecord(buffer, at, record);
  return { name: 'move', args: rest, bytes };
}

function post(worker: Worker, call: ThreadCall): void {
  worker.postMessage(call, call.bytes === undefined ? [] : [call.bytes.buffer]);
}

function exactBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function exact(argument: unknown): unknown {
  if (argument instanceof Uint8Array) return exactBytes(argument);
  if (typeof argument !== 'object' || argument === null || !('through' in argument))
    return argument;
  return Object.fromEntries(Object.entries(argument).map(([key, value]) => [key, exact(value)]));
}

function faultOf(answer: ThreadAnswer & { ok: false }): StoreFault {
  const cause = answer.code === undefined ? undefined : { code: answer.code };
  return new StoreFault(answer.reason, answer.message, answer.lasting, cause);
}
