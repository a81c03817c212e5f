// A log that another process has open, read through its control socket.

import { Agent, request } from 'node:http';
import * as v from 'valibot';
import { controlPath } from './control-path.ts';
import {
  answers,
  callPath,
  controlVersion,
  ControlError,
  decodeRead,
  garbled,
  parseJson,
  type Call,
} from './control-wire.ts';
import type { Holder, LogReader } from './reader.ts';

export interface RemoteLog extends LogReader {
  readonly holder: Holder;
  close(): Promise<void>;
}

/** Undefined where nobody answers for this folder. Rejects with a ControlError. */
export async function connectControl(folder: string): Promise<RemoteLog | undefined> {
  const place = await controlPath(folder);
  if (place === undefined) return undefined;
  const agent = new Agent({ keepAlive: true });
  const close = async (): Promise<void> => {
    agent.destroy();
    await place.close();
  };
  const ask = (call: Call, args: readonly unknown[]): Promise<Buffer> =>
    post({ agent, socketPath: place.path, path: callPath(call) }, JSON.stringify(args));
  try {
    const { version, pid, url, faults } = told('about', await ask('about', []));
    if (version !== controlVersion) throw otherVersion();
    return { ...logOf((...call) => ask(...call).catch(fail)), faults, holder: { pid, url }, close };
  } catch (error) {
    await close();
    if (isNobody(error)) return undefined;
    return fail(error);
  }
}

type Ask = (call: Call, args: readonly unknown[]) => Promise<Buffer>;

function logOf(ask: Ask): Pick<LogReader, 'list' | 'open' | 'read' | 'members' | 'upkeep'> {
  return {
    list: async (after, limit) => told('list', await ask('list', [after, limit])),
    open: async (session) => told('open', await ask('open', [session])),
    read: async (session, afterSeq) => decodeRead(session, await ask('read', [session, afterSeq])),
    members: { of: async (session) => told('members', await ask('members', [session])) },
    upkeep: {
      copy: async () => told('copy', await ask('copy', [])),
      async check(place) {
        const step = told('check', await ask('check', [place ?? null]));
        return step.ok ? { ...step, next: step.next } : step;
      },
    },
  };
}

function told<Name extends keyof typeof answers>(
  call: Name,
  body: Buffer,
): v.InferOutput<(typeof answers)[Name]> {
  const read = v.safeParse(answers[call], parseJson(body));
  if (!read.success) throw garbled();
  return read.output;
}

interface Address {
  readonly agent: Agent;
  readonly socketPath: string;
  readonly path: string;
}

function post(address: Address, body: string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const asking = request({ ...address, method: 'POST' }, (response) => {
    const pieces: Buffer[] = [];
    response.on('data', (piece: Buffer) => pieces.push(piece));
    response.on('error', reject);
    response.on('end', () => {
      if (response.statusCode === 200) resolve(Buffer.concat(pieces));
      else reject(otherVersion());
    });
  });
  asking.on('error', reject);
  asking.end(body);
  return promise;
}

/** No socket, or one that a process left which died. */
function isNobody(error: unknown): boolean {
  return ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(codeOf(error));
}

function fail(cause: unknown): never {
  if (cause instanceof ControlError) throw cause;
  if (['EACCES', 'EPERM'].includes(codeOf(cause))) {
    const message =
      'A server has this folder, and only its user may ask it: run this command as that user.';
    throw new ControlError('control-denied', message, { cause });
  }
  const message = 'The server on this folder stopped in the middle of an answer: try again.';
  throw new ControlError('control-lost', message, { cause, retryable: true });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function otherVersion(): ControlError {
  const message =
    'The server on this folder is of another version than this command: use the command of that version, or stop the server.';
  return new ControlError('control-version', message);
}
