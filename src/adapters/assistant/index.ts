// The public entry `holdfast/adapters/assistant`: a handler that answers with a model, its tools and
// the people who speak meanwhile.

export { assistant, type AssistantOptions } from './assistant.ts';
export { type AssistantTool, type OnToolError } from './tool.ts';
