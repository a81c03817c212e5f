// A stream of the AI SDK, of version 6 or 7, as chunks for `run.pipe`: that of
// `streamText(...).fullStream` (or `.stream`) and that of UI messages alike. It is read no faster
// than it is written. Who stops early must also tell the SDK (`abortSignal: run.signal`), because
// the SDK reads on for other readers of the same answer.

import type { Chunk } from '../../agent/chunk.ts';
import type { FilePart } from '../../session/part.ts';
import { isAiPart } from './part.ts';
import { given } from './table.ts';
import { AiTranslation, type ErrorText, type FileBytes, type Given } from './translation.ts';

export interface AiFile {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface FromAiSdkOptions {
  /** Stores a file that the model made, and says where. Without it only the fact is kept. */
  readonly storeFile?:
    | ((file: AiFile) => Promise<Pick<FilePart, 'mediaType' | 'size' | 'hash' | 'name'>>)
    | undefined;
  /** What people read of a tool that failed; by default that it failed, because errors may hold secrets. */
  readonly errorText?: ErrorText | undefined;
}

export async function* fromAiSdk(
  stream: AsyncIterable<unknown>,
  options: FromAiSdkOptions = {},
): AsyncGenerator<Chunk, void, undefined> {
  const translation = new AiTranslation(options.errorText ?? (() => 'The tool failed.'));
  for await (const part of stream) {
    // What is no part at all is passed over.
    const chunks = isAiPart(part) ? given(part, translation) : [];
    for (const one of chunks) yield await stored(one, options.storeFile);
  }
  yield* translation.calls.end();
}

async function stored(one: Given, store: FromAiSdkOptions['storeFile']): Promise<Chunk> {
  if (one.type !== 'bytes') return one;
  const file = { mediaType: one.mediaType, bytes: bytesOf(one) };
  if (store !== undefined) return { type: 'file', ...(await store(file)) };
  const { mediaType, bytes } = file;
  return { type: 'data', name: 'ai-sdk.file', data: { mediaType, bytes: bytes.length } };
}

function bytesOf({ base64 }: FileBytes): Uint8Array {
  return Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
}
