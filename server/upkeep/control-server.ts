// Answers the commands of an operator while this process has the log open. A log is open in
// one process at a time, so whoever wants to read it beside a server has to ask that
// server; what it answers is what is committed. The socket lies in the data folder, and may
// be used by whoever may read that folder's files anyway: its owner.

import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { controlPath, type ControlPath } from './control-path.ts';
import {
  callPath,
  calls,
  controlVersion,
  encodeRead,
  parseJson,
  questions,
} from './control-wire.ts';
import type { Holder, LogReader } from './reader.ts';

export interface Control {
  /** Takes no more calls, and resolves when those under way are answered. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 64 * 1024;

/** Undefined where this system cannot have a socket there. Rejects where the folder cannot be written to. */
export async function openControl(
  folder: string,
  log: LogReader,
  holder: () => Holder,
): Promise<Control | undefined> {
  const place = await controlPath(folder);
  if (place === undefined) return undefined;
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answering = answer(log, holder, request, response)
      .catch(() => void response.destroy())
      .finally(() => underWay.delete(answering));
    underWay.add(answering);
  });
  // Who checks a session may be busy with it for long before the next call.
  server.keepAliveTimeout = 0;
  try {
    await listen(server, place);
  } catch (error) {
    await place.close();
    throw error;
  }
  return {
    async close() {
      server.close();
      await Promise.all(underWay);
      server.closeAllConnections();
      await place.close();
    },
  };
}

/** Whoever has the log may take away what a process left that died. */
async function listen(server: Server, { path }: ControlPath): Promise<void> {
  await rm(path, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(path, resolve);
  await promise;
  if (process.platform !== 'win32') await chmod(path, 0o600);
}

async function answer(
  log: LogReader,
  holder: () => Holder,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = calls.find((known) => request.url === callPath(known));
  const args = parseJson(await readBody(request));
  if (call === undefined || !v.is(questions[call], args)) {
    response.writeHead(400).end();
    return;
  }
  if (call === 'read') {
    const [session, afterSeq] = v.parse(questions.read, args);
    for (const piece of encodeRead(await log.read(session, afterSeq))) response.write(piece);
    response.end();
    return;
  }
  response.end(JSON.stringify(await answerOf(log, holder, call, args)));
}

async function answerOf(
  log: LogReader,
  holder: () => Holder,
  call: Exclude<(typeof calls)[number], 'read'>,
  args: unknown,
): Promise<unknown> {
  switch (call) {
    case 'about':
      return { version: controlVersion, ...holder(), faults: log.faults };
    case 'list':
      return log.list(...v.parse(questions.list, args));
    case 'open':
      return log.open(...v.parse(questions.open, args));
    case 'members':
      return log.members.of(...v.parse(questions.members, args));
    case 'copy':
      return log.upkeep.copy();
    case 'check':
      return log.upkeep.check(v.parse(questions.check, args)[0] ?? undefined);
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('a call that is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
