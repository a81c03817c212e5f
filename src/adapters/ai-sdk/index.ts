// The public entry `holdfast/adapters/ai-sdk`: streams of the AI SDK (`ai` 6 and 7) in a reply, and a
// session as what the SDK takes.

export {
  type AiJson,
  type AiMessage,
  type ToAiMessagesOptions,
  toAiMessages,
  toAiTools,
} from './messages.ts';
export { type AiFile, type FromAiSdkOptions, fromAiSdk } from './stream.ts';
export { type ErrorText } from './translation.ts';
