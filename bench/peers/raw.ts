// The least that a broadcast costs: what one socket says is sent to all others on the same path,
// byte for byte. No protocol, no document, nothing stored. Nothing that promises more can be
// expected to cost less, unless it sends in another way.

import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { sayListening } from './listening.ts';

const rooms = new Map<string, Set<WebSocket>>();
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on('connection', (socket, request) => {
  const name = request.url ?? '';
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  socket.on('message', (data: Buffer) => {
    for (const other of room) if (other !== socket) other.send(data);
  });
  socket.on('close', () => {
    room.delete(socket);
    if (room.size === 0) rooms.delete(name);
  });
});

server.listen(0, '127.0.0.1', () => sayListening(server));
