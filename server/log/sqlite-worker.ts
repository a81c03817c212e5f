// The store's thread, from inside. It opens the store at the first call, so that a folder
// that cannot be opened is an answer and not a dead thread.

import { parentPort, workerData } from 'node:worker_threads';
import { defined } from '../../src/base/assert.ts';
import type { PassStore } from './crash-point.ts';
import { storeFault } from './fault.ts';
import type { LogRecord } from './log.ts';
import { LogOpenError } from './migration.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { decodeRecord } from './record.ts';
import type { ThreadAnswer, ThreadCall, ThreadData } from './sqlite-thread.ts';
import type { StoreActions } from './store.ts';

const port = defined(parentPort, 'the port of a thread');
const { folder, killAt } = workerData as ThreadData;
let left = killAt?.passes ?? 0;
let store: StoreActions | undefined;

const pass: PassStore = (point) => {
  if (point === killAt?.point && --left === 0) process.kill(process.pid, 'SIGKILL');
};

function unpack(bytes: Uint8Array): readonly LogRecord[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: LogRecord[] = [];
  for (let at = 0; at < buffer.length;) {
    const { record, end } = defined(decodeRecord(buffer, at), 'a record of a move');
    records.push(record);
    at = end;
  }
  return records;
}

function argumentsOf({ args, bytes }: ThreadCall): readonly unknown[] {
  if (bytes === undefined) return args;
  return [unpack(bytes), ...args];
}

function answer(call: ThreadCall): ThreadAnswer {
  try {
    store ??= openSqliteStore(folder, pass);
    const action = Reflect.get(store, call.name) as (...args: readonly unknown[]) => unknown;
    return { ok: true, value: action(...argumentsOf(call)) };
  } catch (error) {
    const { reason, message, lasting } = storeFault(error);
    const code = error instanceof LogOpenError ? error.code : undefined;
    return { ok: false, code, reason, message, lasting };
  }
}

port.on('message', (call: ThreadCall) => {
  port.postMessage(answer(call));
  if (call.name === 'close') port.close();
});
