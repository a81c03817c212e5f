// What spans several parts while one stream of the AI SDK becomes chunks: how far each tool call is,
// what the steps have used so far, and the metadata of the message. What each part becomes is in
// the table.

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Chunk } from '../../agent/chunk.ts';
import { fitting } from '../fitting.ts';
import { usageSum } from '../usage-sum.ts';
import { AiCalls } from './calls.ts';
import { isFields } from './part.ts';

/** A file whose bytes the stream brings. */
export interface FileBytes {
  readonly type: 'bytes';
  readonly mediaType: string;
  readonly base64: string;
}

export type Given = Chunk | FileBytes;

/** What people read of a tool that failed. */
export type ErrorText = (error: unknown, tool: string) => string;

export class AiTranslation {
  readonly calls = new AiCalls();
  readonly errorText: ErrorText;
  #usage: JsonObject = {};
  #metadata: JsonObject = {};

  constructor(errorText: ErrorText) {
    this.errorText = errorText;
  }

  stepUsage(usage: JsonObject): readonly Chunk[] {
    if (Object.keys(usage).length === 0) return [];
    this.#usage = usageSum(this.#usage, usage);
    return [{ type: 'usage', usage: this.#usage }];
  }

  /** All that was told so far, in one part that is replaced. */
  metadata(value: unknown): readonly Chunk[] {
    if (!isFields(value)) return [];
    const told = fitting({ ...this.#metadata, ...value });
    if (isJsonObject(told)) this.#metadata = told;
    return [{ type: 'data', name: 'ai-sdk.metadata', data: told, id: 'ai-sdk-metadata' }];
  }
}
