// Hocuspocus as it is, without an extension that stores: one live Y.Doc for each document, in
// memory, updates of one turn merged before they are sent.

import type { Server as HttpServer } from 'node:http';
import { sayListening } from './listening.ts';

interface Hocuspocus {
  readonly Server: new (options: unknown) => {
    readonly httpServer: HttpServer;
    listen(): Promise<unknown>;
  };
}

// Not a literal, because what is installed here is no dependency of the project.
const name: string = '@hocuspocus/server';
const { Server } = (await import(name)) as Hocuspocus;
const server = new Server({
  address: '127.0.0.1',
  port: 0,
  quiet: true,
  stopOnSignals: false,
  websocketOptions: { maxPayload: 64 * 1024 * 1024 },
});

await server.listen();
sayListening(server.httpServer);
