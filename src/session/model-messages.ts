// A path as the messages of a model request, in the shape that the AI SDK made
// common: role and content, tool calls in the assistant's message and their results
// in a tool message after it. Every entry also says who wrote it, because in a
// session several people and agents speak and a model may have to know.

import type { Json } from '../base/json.ts';
import type { Message } from './message.ts';
import type { Part } from './part.ts';
import type { ToolPart } from './tool.ts';
import { pathMessages } from './transcript.ts';
import type { View } from './view.ts';
import { withdrawnPrompts } from './withdrawn.ts';

export type UserContent =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'file';
      readonly mediaType: string;
      /** SHA-256 of the bytes: fetch them where the model needs them. */
      readonly hash: string;
      readonly filename?: string | undefined;
    };

export type AssistantContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | {
      readonly type: 'tool-call';
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: Json;
    };

export interface ToolResult {
  readonly type: 'tool-result';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output:
    | { readonly type: 'json'; readonly value: Json }
    | { readonly type: 'error-text'; readonly value: string }
    | { readonly type: 'execution-denied'; readonly reason?: string | undefined };
}

/** Who wrote it: the principal, what kind it says it is, and whether the words are only quoted. */
export interface Speaker {
  readonly id: string;
  readonly kind: 'person' | 'agent' | 'unknown';
  readonly name: string;
  readonly quoted: boolean;
}

export type ModelMessage = { readonly message: string; readonly author: Speaker } & (
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: readonly UserContent[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantContent[] }
  | { readonly role: 'tool'; readonly content: readonly ToolResult[] }
);

/**
 * The path to a message (the shown one where none is named) as model messages. Left
 * out are deleted and empty messages, prompts that were withdrawn before anybody
 * began, and tool calls without a result, which no model API accepts.
 */
export function toModelMessages(view: View, to?: string): readonly ModelMessage[] {
  const dropped = withdrawnPrompts(view);
  return pathMessages(view, to)
    .filter((message) => !dropped.has(message.id))
    .flatMap((message) => modelMessagesOf(view, message));
}

/** One message, whether it is on a path or not. */
export function modelMessagesOf(view: View, message: Message): readonly ModelMessage[] {
  const author = speakerOf(view, message);
  const common = { message: message.id, author };
  if (message.role === 'system') {
    const content = message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
    return content === '' ? [] : [{ ...common, role: 'system', content }];
  }
  if (message.role === 'user') {
    const content = message.parts.flatMap(userContent);
    return content.length === 0 ? [] : [{ ...common, role: 'user', content }];
  }
  return assistantMessages(message.parts, common);
}

function speakerOf(view: View, message: Message): Speaker {
  const { from } = message;
  if (from !== undefined) {
    const kind = from.role === 'assistant' ? 'agent' : 'unknown';
    return { id: from.author, kind, name: from.author, quoted: true };
  }
  const known = view.participants.get(message.author);
  const kind = known?.kind ?? (message.role === 'assistant' ? 'agent' : 'unknown');
  return { id: message.author, kind, name: known?.name ?? message.author, quoted: false };
}

function userContent(part: Part): readonly UserContent[] {
  if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
  if (part.type !== 'file') return [];
  const { mediaType, hash, name } = part;
  return [{ type: 'file', mediaType, hash, filename: name }];
}

/** An assistant message, and after each group of tool calls their results; words after a result begin a new one. */
export function assistantMessages(
  parts: readonly Part[],
  common: Pick<ModelMessage, 'message' | 'author'>,
): readonly ModelMessage[] {
  const messages: ModelMessage[] = [];
  let content: AssistantContent[] = [];
  let results: ToolResult[] = [];
  const finish = (): void => {
    if (content.length > 0) messages.push({ ...common, role: 'assistant', content });
    if (results.length > 0) messages.push({ ...common, role: 'tool', content: results });
    content = [];
    results = [];
  };
  for (const part of parts) {
    if (part.type === 'tool') {
      const result = toolResult(part);
      if (result === undefined) continue;
      content.push({
        type: 'tool-call',
        toolCallId: part.id,
        toolName: part.name,
        input: ('input' in part ? part.input : undefined) ?? null,
      });
      results.push(result);
    } else if ((part.type === 'text' || part.type === 'reasoning') && part.text !== '') {
      if (results.length > 0) finish();
      content.push({ type: part.type, text: part.text });
    }
  }
  finish();
  return messages;
}

function toolResult(part: ToolPart): ToolResult | undefined {
  const common = { type: 'tool-result' as const, toolCallId: part.id, toolName: part.name };
  switch (part.state) {
    case 'output-available':
      return { ...common, output: { type: 'json', value: part.output } };
    case 'output-error':
      return { ...common, output: { type: 'error-text', value: part.error } };
    case 'output-denied':
      return { ...common, output: { type: 'execution-denied', reason: part.decision?.reason } };
    default:
      return undefined;
  }
}
