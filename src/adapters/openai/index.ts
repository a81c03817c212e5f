// The public entry `holdfast/adapters/openai`: any server that streams chat completions (OpenAI,
// llama.cpp, vLLM, Ollama, LM Studio) as the model of an agent.

export { type ChatMessage, toChatMessages } from './messages.ts';
export {
  type Model,
  type ModelErrorCode,
  ModelError,
  type ModelOptions,
  openAi,
  type StreamOptions,
  type ToolOffer,
} from './model.ts';
