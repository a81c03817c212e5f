// Not a server: a double of one, with the same command line and the same wire, for the tests of
// our own tools. It keeps each session in a Y.Doc and, if it is a good one, in a file before it
// answers. With `--how forgets` or `--how early` it lies about that, so that a tool that should
// find lost words can be seen to find them.

import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type WebSocket, WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { systemClock } from '../../src/base/clock.ts';
import { decodeCommand, encodeCommand } from '../../src/protocol/command.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../src/protocol/frame.ts';

interface Room {
  readonly doc: Y.Doc;
  readonly file: string;
  readonly sockets: Set<WebSocket>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    data: { type: 'string' },
    port: { type: 'string' },
    how: { type: 'string' },
  },
});
const data = String(values.data);
const how = values.how ?? 'durable';
const [point, passes = '1'] = (process.env['HOLDFAST_KILL_AT'] ?? '').split(':');
let left = Number(passes);
const rooms = new Map<string, Room>();

if (positionals[0] === 'token') process.stdout.write('a-token\n');
else if (positionals[0] === 'verify') process.stdout.write('all sound\n');
else if (values.port === 'taken') fail('the port is taken');
else serve(Number(values.port));

function fail(why: string): void {
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
}

function serve(port: number): void {
  const server = new WebSocketServer({
    port,
    host: '127.0.0.1',
    verifyClient: ({ req }: { req: IncomingMessage }, judge) => {
      if (req.headers.origin === 'https://elsewhere.example') judge(false, 403, 'not from there');
      else judge(true);
    },
  });
  server.on('connection', greet);
  server.on('listening', () => {
    const address = server.address();
    const at = typeof address === 'object' && address !== null ? address.port : 0;
    writeSync(1, `${JSON.stringify({ event: 'listening', url: `http://127.0.0.1:${at}` })}\n`);
  });
  server.on('error', (error) => fail(error.message));
  process.on('SIGTERM', () => process.exit(0));
}

function greet(socket: WebSocket, request: IncomingMessage): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://stub');
  if (searchParams.get('token') === 'bad') {
    socket.close(4401, 'sign in');
    return;
  }
  const room = roomOf(pathname.split('/').at(-1) ?? '');
  room.sockets.add(socket);
  socket.on('close', () => room.sockets.delete(socket));
  socket.on('message', (bytes: Buffer) => {
    const decoded = decodeFrame(bytes);
    if (decoded.ok) hear(room, socket, decoded.frame);
    else socket.close(4403, decoded.rule);
  });
  socket.send(encodeFrame({ type: 'sync-step-1', stateVector: Y.encodeStateVector(room.doc) }));
}

function roomOf(session: string): Room {
  const known = rooms.get(session);
  if (known !== undefined) return known;
  const room = { doc: new Y.Doc(), file: join(data, session), sockets: new Set<WebSocket>() };
  rooms.set(session, room);
  if (existsSync(room.file)) {
    for (const line of readFileSync(room.file, 'utf8').split('\n').slice(0, -1)) {
      Y.applyUpdate(room.doc, Buffer.from(line, 'base64'));
    }
  }
  return room;
}

function hear(room: Room, socket: WebSocket, frame: Frame): void {
  switch (frame.type) {
    case 'sync-step-1': {
      const update = Y.encodeStateAsUpdate(room.doc, frame.stateVector);
      socket.send(encodeFrame({ type: 'sync-step-2', update }));
      break;
    }
    case 'sync-step-2':
    case 'update':
      if (frame.update.length > 2) take(room, socket, Uint8Array.from(frame.update));
      break;
    case 'command':
      answer(socket, frame.json);
      break;
    case 'barrier':
      socket.send(encodeFrame(frame));
      break;
    default:
      for (const other of room.sockets) if (other !== socket) other.send(encodeFrame(frame));
  }
}

function take(room: Room, from: WebSocket, update: Uint8Array): void {
  const commit = (): void => {
    pass('before-commit');
    if (how !== 'forgets') appendFileSync(room.file, `${Buffer.from(update).toString('base64')}\n`);
    pass('after-commit');
  };
  if (how === 'early') systemClock.after(10, commit);
  else commit();
  Y.applyUpdate(room.doc, update);
  const frame = encodeFrame({ type: 'update', update });
  for (const other of room.sockets) if (other !== from) other.send(frame);
}

function answer(socket: WebSocket, json: string): void {
  const decoded = decodeCommand(json);
  if (!decoded.ok || !('command' in decoded) || decoded.command.type !== 'hello') return;
  const { id, token = 'nobody' } = decoded.command;
  const lets = { generation: 'g', incarnation: 'i', rights: ['read'], expiresAt: 0 } as const;
  const ready = encodeCommand({ id: 1, re: id, type: 'ready', principal: token, ...lets });
  socket.send(encodeFrame({ type: 'command', json: ready }));
}

function pass(at: string): void {
  if (at === point && --left === 0) process.kill(process.pid, 'SIGKILL');
}
