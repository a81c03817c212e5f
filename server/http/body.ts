// A body of JSON, read within bounds of bytes and time and held to a schema. What is in it
// is a stranger's until then.

import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import type { Clock } from '../../src/base/clock.ts';
import { parseJson } from '../../src/protocol/json-text.ts';
import type { Answer } from './answer.ts';
import { failure } from './failure.ts';
import { httpLimits } from './limits.ts';
import type { Asked } from './router.ts';

export type JsonBody<Shape> =
  | { readonly ok: true; readonly value: Shape }
  | { readonly ok: false; readonly answer: Answer };

/** An answer where it is no JSON of this shape. Without a body, what is missing is `{}`. */
export async function readJson<Shape>(
  { request, receive }: Pick<Asked, 'request' | 'receive'>,
  schema: v.GenericSchema<unknown, Shape>,
  clock: Clock,
): Promise<JsonBody<Shape>> {
  const refused = (answer: Answer): JsonBody<Shape> => ({ ok: false, answer });
  const bytesMax = httpLimits.jsonBodyBytesMax;
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > bytesMax) return refused(failure('too-large', { bytesMax }));
  const isEmpty = announced === 0 && request.headers['transfer-encoding'] === undefined;
  if (!isEmpty && !isJsonType(request.headers['content-type'])) {
    return refused(failure('media-type', { expected: 'application/json' }));
  }
  const bytes = await readBytes(receive(), bytesMax, clock);
  if (typeof bytes === 'string') return refused(failure(bytes, { bytesMax }));
  const parsed = v.safeParse(schema, isEmpty ? {} : parseJson(bytes.toString('utf8')), {
    abortEarly: true,
  });
  if (parsed.success) return { ok: true, value: parsed.output };
  return refused(failure('bad-request', { where: v.getDotPath(parsed.issues[0]) ?? 'body' }));
}

function isJsonType(type: string | undefined): boolean {
  return type !== undefined && /^application\/json *(?:;|$)/i.test(type);
}

/** All of it, or why not. The stream is left as it is, so that it can still be answered. */
function readBytes(
  request: IncomingMessage,
  bytesMax: number,
  clock: Clock,
): Promise<Buffer | 'slow' | 'too-large' | 'bad-request'> {
  const { promise, resolve } = Promise.withResolvers<
    Buffer | 'slow' | 'too-large' | 'bad-request'
  >();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const take = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > bytesMax) return resolve('too-large');
    chunks.push(chunk);
  };
  const stop = clock.after(httpLimits.jsonBodyMsMax, () => resolve('slow'));
  request.on('data', take);
  request.once('end', () => resolve(Buffer.concat(chunks)));
  // After its end this says nothing new.
  request.once('close', () => resolve('bad-request'));
  return promise.finally(() => {
    stop();
    request.off('data', take);
  });
}
