// The public entry `holdfast/agent`: an agent that answers in sessions.

export { type ChildEnd, type ChildRun } from './child.ts';
export { type Chunk, type Piped } from './chunk.ts';
export { type Conduct, type Ending, type Handler, type OnResume } from './conduct.ts';
export { type AgentErrorCode, type Stop, AgentError, RunFailure, RunStopped } from './error.ts';
export { type Pace } from './bucket.ts';
export { type PipeResult } from './pipe.ts';
export { type AgentRun, type Partial } from './run.ts';
export { type NewPart } from './scribe.ts';
export {
  type Agent,
  type AgentPlatform,
  type JoinSessionOptions,
  type ServeOptions,
  joinSession,
  serveAgent,
} from './serve.ts';
export { type Step, type StepOptions } from './step.ts';
export { type Steer, type Steers } from './steers.ts';
export { type GrowingText } from './text.ts';
export { type ToolCall } from './tool-call.ts';
export { type WorkerOptions } from './worker.ts';
