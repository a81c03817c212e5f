// A session's path as messages of the AI SDK, and tools as its tool set: what `streamText` takes,
// in version 6 and 7. Words of the session's system messages are given as a user's, because they
// come from peers and version 7 takes no other; an agent's own instructions go beside the messages.

import { type Json, isJsonObject } from '../../base/json.ts';
import type {
  AssistantContent,
  ModelMessage,
  ToolResult,
  UserContent,
} from '../../session/model-messages.ts';
import type { ToolOffer } from '../openai/model.ts';

/** JSON that may be written to: the SDK's own type is so. */
export type AiJson = null | boolean | number | string | AiJson[] | { [key: string]: AiJson };

interface AiText {
  type: 'text';
  text: string;
}

interface AiFileContent {
  type: 'file';
  data: URL | Uint8Array;
  mediaType: string;
  filename?: string;
}

interface AiToolCall {
  type: 'tool-call';
  toolCallId: string;
  toolName: string;
  input: AiJson;
}

interface AiToolResult {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  output:
    | { type: 'text' | 'error-text'; value: string }
    | { type: 'json'; value: AiJson }
    | { type: 'execution-denied'; reason?: string };
}

/** A `ModelMessage` of the SDK. */
export type AiMessage =
  | { role: 'user'; content: (AiText | AiFileContent)[] }
  | { role: 'assistant'; content: (AiText | AiToolCall)[] }
  | { role: 'tool'; content: AiToolResult[] };

type SessionFile = Extract<UserContent, { type: 'file' }>;

export interface ToAiMessagesOptions {
  /** Where the bytes of a file are, or they themselves; a note of its name is left where absent. */
  readonly file?: ((file: SessionFile) => URL | Uint8Array | undefined) | undefined;
}

export function toAiMessages(
  messages: readonly ModelMessage[],
  options: ToAiMessagesOptions = {},
): AiMessage[] {
  const people = new Set(messages.flatMap((one) => (one.role === 'user' ? [one.author.id] : [])));
  return messages.flatMap((message): AiMessage[] => {
    switch (message.role) {
      case 'system':
        return [{ role: 'user', content: [{ type: 'text', text: `[Note] ${message.content}` }] }];
      case 'user': {
        const speaker = people.size > 1 ? message.author.name : undefined;
        return [{ role: 'user', content: userContent(message.content, speaker, options) }];
      }
      case 'assistant': {
        const content = message.content.flatMap(assistantContent);
        return content.length === 0 ? [] : [{ role: 'assistant', content }];
      }
      case 'tool':
        return [{ role: 'tool', content: message.content.map(toolResult) }];
      default:
        return [];
    }
  });
}

/** The SDK's messages name nobody: where several people speak, each says who it is. */
function userContent(
  content: readonly UserContent[],
  speaker: string | undefined,
  { file }: ToAiMessagesOptions,
): (AiText | AiFileContent)[] {
  const parts = content.map((part): AiText | AiFileContent => {
    if (part.type === 'text') return { type: 'text', text: part.text };
    const { mediaType, filename } = part;
    const data = file?.(part);
    if (data === undefined) return { type: 'text', text: `[file: ${filename ?? mediaType}]` };
    return { type: 'file', data, mediaType, ...(filename !== undefined && { filename }) };
  });
  return speaker === undefined ? parts : [{ type: 'text', text: `${speaker}:` }, ...parts];
}

/** Reasoning is not sent back: providers take it only with the signature that came with it. */
function assistantContent(part: AssistantContent): (AiText | AiToolCall)[] {
  if (part.type === 'text') return [{ type: 'text', text: part.text }];
  if (part.type === 'reasoning') return [];
  const { type, toolCallId, toolName, input } = part;
  return [{ type, toolCallId, toolName, input: copyOf(input) }];
}

const toolResult = ({ type, toolCallId, toolName, output }: ToolResult): AiToolResult => ({
  type,
  toolCallId,
  toolName,
  output: outputOf(output),
});

function outputOf(output: ToolResult['output']): AiToolResult['output'] {
  switch (output.type) {
    case 'json':
      return typeof output.value === 'string'
        ? { type: 'text', value: output.value }
        : { type: 'json', value: copyOf(output.value) };
    case 'error-text':
      return { type: 'error-text', value: output.value };
    default: {
      const { reason } = output;
      return { type: 'execution-denied', ...(reason !== undefined && { reason }) };
    }
  }
}

function copyOf(value: Json): AiJson {
  if (typeof value !== 'object' || value === null) return value;
  if (!isJsonObject(value)) return value.map(copyOf);
  const copy: { [key: string]: AiJson } = {};
  for (const [key, entry] of Object.entries(value))
    if (entry !== undefined) copy[key] = copyOf(entry);
  return copy;
}

/**
 * Tools that are offered, as the SDK's tool set: without `execute`, so that the SDK leaves the calls to
 * the handler. Give it the SDK's `jsonSchema`.
 */
export function toAiTools<Schema>(
  tools: readonly ToolOffer[],
  jsonSchema: (schema: never) => Schema,
): { [name: string]: { description: string; inputSchema: Schema } } {
  return Object.fromEntries(
    tools.map(({ name, description, input }) => [
      name,
      // The type of a schema is the SDK's own, and says nothing that JSON Schema does not.
      { description, inputSchema: jsonSchema(input as never) },
    ]),
  );
}
