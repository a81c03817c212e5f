// Writes an answer. Every response carries the headers of `everyAnswer`, those of a HEAD
// are those of its GET, and a request whose body nobody read may finish it for a moment:
// closing at once would cut the answer off before its sender reads it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../src/base/clock.ts';
import type { Answer } from './answer.ts';
import { everyAnswer } from './headers.ts';
import { httpLimits } from './limits.ts';

export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  clock: Clock,
): Promise<void> {
  const { status, headers = {}, body = '' } = answer;
  if (!request.complete) linger(request, response, clock);
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const length = 'open' in bytes ? bytes.bytes : bytes.length;
  const hasBody = status !== 204 && status !== 304;
  const own = hasBody ? { ...headers, 'content-length': String(length) } : headers;
  response.writeHead(status, { ...everyAnswer, ...own });
  if (request.method === 'HEAD' || !hasBody) response.end();
  else if ('open' in bytes) await pipeline(bytes.open(), response);
  else response.end(bytes);
}

function linger(request: IncomingMessage, response: ServerResponse, clock: Clock): void {
  const stop = clock.after(httpLimits.lingerMsMax, () => {
    if (!request.complete) request.destroy();
  });
  request.once('close', stop);
  response.once('finish', () => request.resume());
}
