// The public entry `holdfast/agent/test`: a session in memory in which an agent is tried out, with
// what people do written down and time turned by hand. It needs no server and no network.

export { type StageOptions, AgentStage, StagedAgent } from './agent-stage.ts';
