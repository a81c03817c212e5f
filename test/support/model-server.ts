// A model server that says what a test wants it to, byte by byte, over real HTTP on 127.0.0.1. It
// knows what it was asked, and when its client went away.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
  /** Resolves when the connection is closed before the answer was whole. */
  readonly left: Promise<void>;
}

export type Answer = (response: ServerResponse, asked: Asked) => void | Promise<void>;

export interface ModelServer {
  readonly url: string;
  readonly asked: readonly Asked[];
}

/** Answers each request by the next of `answers`, and the last of them from then on. */
export async function withModelServer(
  answers: readonly Answer[],
  act: (server: ModelServer) => Promise<void>,
): Promise<void> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const one = askedBy(request, response, body);
      asked.push(one);
      return answers[Math.min(asked.length, answers.length) - 1]?.(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    // A server that listens on a port has such an address.
    const { port } = server.address() as AddressInfo;
    await act({ url: `http://127.0.0.1:${port}`, asked });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Server-sent events, cut into pieces of so many bytes; all at once where none are named. */
export function streamed(events: readonly unknown[], bytesPerPiece?: number): Answer {
  return async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const bytes = Buffer.from(eventText(events));
    const size = bytesPerPiece ?? bytes.length;
    for (let at = 0; at < bytes.length; at += size) {
      await new Promise((resolve) => response.write(bytes.subarray(at, at + size), resolve));
    }
    response.end();
  };
}

/** As they stand on the wire. A text is taken as it is, such as `[DONE]`. */
const eventText = (events: readonly unknown[]): string =>
  events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('');

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece as Uint8Array));
  return JSON.parse(Buffer.concat(pieces).toString());
}

const askedBy = (request: IncomingMessage, response: ServerResponse, body: unknown): Asked => ({
  path: request.url ?? '',
  authorization: request.headers.authorization,
  body,
  left: new Promise((resolve) => {
    response.once('close', () => !response.writableFinished && resolve());
  }),
});
