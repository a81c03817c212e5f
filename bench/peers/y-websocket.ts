// The server that came with y-websocket 2: one live Y.Doc for each room, in memory. Beside its own
// `setupWSConnection` this has what its `bin/server.cjs` does around it, on a current `ws`, which
// favours it over the one of 2019 that it brings.

import { createServer, type IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { sayListening } from './listening.ts';

interface Utils {
  readonly setupWSConnection: (socket: WebSocket, request: IncomingMessage) => void;
}

// Not a literal, because what is installed here is no dependency of the project.
const name: string = 'y-websocket/bin/utils';
const { setupWSConnection } = (await import(name)) as Utils;
const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

sockets.on('connection', (socket, request) => setupWSConnection(socket, request));
server.listen(0, '127.0.0.1', () => sayListening(server));
