// The public entry `holdfast/session`: the session document without network, storage
// or server. Everything an embedding, a tool or a test needs; nothing of how a
// reader keeps its nodes.

export {
  type AckState,
  type Ack,
  type ControlRequest,
  type Place,
  type RequestKind,
  type RequestState,
  type ToolAnswer,
  ackTable,
} from './control.ts';
export { type Annotation, type Judgement, type Target } from './annotation.ts';
export { type BookkeeperOptions, Bookkeeper } from './bookkeeper.ts';
export { type Container, type Containers, containersOf, encodeWrites } from './encode-writes.ts';
export {
  type Decider,
  type HolderCommand,
  type KnownRequest,
  type Outcome,
  type Projection,
  type RefusalCode,
  abandonRun,
  answeredBy,
  cancelReaching,
  claimRun,
  decidedBy,
  isOffered,
  loseClaim,
  obeyHolder,
} from './bookkeeping.ts';
export { type BudgetLimits } from './budget.ts';
export { type SendOptions, type Sent } from './compose.ts';
export { documentDigest } from './digest.ts';
export { SessionError, type SessionErrorCode } from './error.ts';
export { type Fault, type FaultCode } from './fault.ts';
export {
  type HistoryRuleId,
  type HistoryViolation,
  checkHistory,
  historyRules,
} from './history.ts';
export { type InvariantId, type Violation, checkInvariants, invariants } from './invariant.ts';
export { type Lane, LaneWriter } from './lane.ts';
export { limits } from './limits.ts';
export { toMarkdown } from './markdown.ts';
export { type Message, type MessageHead, type Origin, type Role } from './message.ts';
export { type PartDelta } from './message-list.ts';
export { type Meta } from './meta.ts';
export {
  type AssistantContent,
  type ModelMessage,
  type Speaker,
  type ToolResult,
  type UserContent,
  toModelMessages,
} from './model-messages.ts';
export {
  type DataPart,
  type FilePart,
  type Part,
  type PartType,
  type ReasoningPart,
  type SourcePart,
  type TextPart,
  type TextState,
  type UnknownPart,
} from './part.ts';
export { type TextWriter } from './part-writer.ts';
export { type Participant, type Profile } from './participant.ts';
export { type Ahead, type Policy, type Verdict, decidePolicy, policies } from './policy.ts';
export { type PromptContent, type PromptPart } from './prompt.ts';
export { type Request } from './record-list.ts';
export { type PartOptions, type ReplyRoute, type ReplyWriter } from './reply.ts';
export {
  type CancelReason,
  type Claim,
  type Run,
  type RunError,
  type RunEvent,
  type RunHead,
  type RunState,
  type RunStatus,
  type Usage,
  isActive,
  isFinal,
  runTable,
} from './run.ts';
export { type TextDelta } from './segments.ts';
export {
  type CreateOptions,
  type Session,
  type SessionOptions,
  createSession,
  openSession,
} from './session.ts';
export { settleNext } from './settle.ts';
export { type Roots, type RootName, SCHEMA } from './shape.ts';
export { type CancelOptions, type QueuePlace } from './steering.ts';
export { type Table } from './table.ts';
export {
  type Approval,
  type Decision,
  type ToolPart,
  type ToolState,
  argumentHash,
  toolTable,
} from './tool.ts';
export { type ToolWriter, type ApprovalRequest } from './tool-writer.ts';
export { type TranscriptJson, toTranscriptJson } from './transcript.ts';
export { type Choices, type Tree, pathTo, siblingsOf } from './tree.ts';
export { type View } from './view.ts';
export { type Write } from './write.ts';
export { encodeAppend } from './append.ts';
