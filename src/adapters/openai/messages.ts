// A session's path as the messages of a chat completion. Who said what is told by the field `name`
// where several people speak, and files are left as a note of their name: their bytes are the
// session's, and what a model may see of them is the app's decision.

import type { Json } from '../../base/json.ts';
import type {
  AssistantContent,
  ModelMessage,
  ToolResult,
  UserContent,
} from '../../session/model-messages.ts';

export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string; readonly name?: string }
  | {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly tool_calls?: readonly {
        readonly id: string;
        readonly type: 'function';
        readonly function: { readonly name: string; readonly arguments: string };
      }[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export function toChatMessages(messages: readonly ModelMessage[]): readonly ChatMessage[] {
  const people = new Set(messages.flatMap((one) => (one.role === 'user' ? [one.author.id] : [])));
  return messages.flatMap((message): readonly ChatMessage[] => {
    switch (message.role) {
      case 'system':
        return [{ role: 'system', content: message.content }];
      case 'user':
        return [userMessage(message.content, people.size > 1 ? message.author.name : undefined)];
      case 'assistant':
        return [assistantMessage(message.content)];
      case 'tool':
        return message.content.map(toolMessage);
      default:
        return [];
    }
  });
}

function userMessage(content: readonly UserContent[], speaker: string | undefined): ChatMessage {
  const text = content
    .map((part) =>
      part.type === 'text' ? part.text : `[file: ${part.filename ?? part.mediaType}]`,
    )
    .join('\n');
  const name = speaker?.replace(/[^\w-]/g, '_').slice(0, 64);
  return { role: 'user', content: text, ...(name !== undefined && name !== '' && { name }) };
}

/** Reasoning is not sent back: no server of this kind takes it. */
function assistantMessage(content: readonly AssistantContent[]): ChatMessage {
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const calls = content.flatMap((part) =>
    part.type === 'tool-call'
      ? [
          {
            id: part.toolCallId,
            type: 'function' as const,
            function: { name: part.toolName, arguments: JSON.stringify(part.input) },
          },
        ]
      : [],
  );
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

const toolMessage = ({ toolCallId, output }: ToolResult): ChatMessage => ({
  role: 'tool',
  tool_call_id: toolCallId,
  content: saidBy(output),
});

function saidBy(output: ToolResult['output']): string {
  if (output.type === 'json') return textOf(output.value);
  if (output.type === 'error-text') return `Error: ${output.value}`;
  return `Denied by the user${output.reason === undefined ? '.' : `: ${output.reason}`}`;
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
