// The public entry `holdfast`: sessions in an app. What an app reads of a session (messages,
// parts, runs) is named again from here, so that it needs no other entry.

export { type Chance } from '../base/chance.ts';
export { type Clock } from '../base/clock.ts';
export { type Unsubscribe } from '../base/emitter.ts';
export { type ErrorFacts, HoldfastError } from '../base/error.ts';
export { type Json, type JsonObject } from '../base/json.ts';
export { type Right } from '../protocol/token.ts';
export { type Annotation, type Judgement, type Target } from '../session/annotation.ts';
export { type SendOptions, type Sent } from '../session/compose.ts';
export { SessionError, type SessionErrorCode } from '../session/error.ts';
export { type Fault, type FaultCode } from '../session/fault.ts';
export { type PartDelta } from '../session/message-list.ts';
export { type Message, type Origin, type Role } from '../session/message.ts';
export { type Meta } from '../session/meta.ts';
export {
  type DataPart,
  type FilePart,
  type Part,
  type PartType,
  type ReasoningPart,
  type SourcePart,
  type TextPart,
  type UnknownPart,
} from '../session/part.ts';
export { type Participant, type Profile } from '../session/participant.ts';
export { type Policy } from '../session/policy.ts';
export { type PromptContent, type PromptPart } from '../session/prompt.ts';
export { type Request } from '../session/record-list.ts';
export { type Run, type RunState, type RunStatus, type Usage } from '../session/run.ts';
export { type TextDelta } from '../session/segments.ts';
export { type CancelOptions, type QueuePlace } from '../session/steering.ts';
export { type Table } from '../session/table.ts';
export { type Approval, type Decision, type ToolPart, type ToolState } from '../session/tool.ts';
export { siblingsOf, type Choices, type Tree } from '../session/tree.ts';
export { type View } from '../session/view.ts';
export {
  type AppMessage,
  type AppPart,
  type AppTypes,
  type AppView,
  type DefaultApp,
} from './app-types.ts';
export { createClient } from './client.ts';
export {
  type Client,
  type ClientNotice,
  type ClientOptions,
  type ClientStatus,
  type CreateSessionOptions,
} from './client-options.ts';
export { type Desk } from './desk/desk.ts';
export { type Draft } from './desk/draft.ts';
export { type ReadMark, type ReadPlace } from './desk/read-mark.ts';
export { type Deletion } from './library/deletion.ts';
export { type LibraryEntry } from './library/entry.ts';
export { type Library, type ListState } from './library/library.ts';
export { type Search, type SearchAnswer } from './search/search.ts';
export { type SearchHost, workerHost } from './search/search-host.ts';
export { type SearchHit } from './search/search-index.ts';
export { type ConnectionRefusal, type ConnectionRefusalCode } from './connection/refusal.ts';
export { type ConnectionState } from './connection/connection-state.ts';
export { ClientError, type ClientErrorCode } from './error.ts';
export { type Attachment, type AttachmentState } from './files/attachment.ts';
export { type AttachableFile } from './files/files.ts';
export { type InspectedClient, type Inspection } from './handle/inspection.ts';
export { type Notice, type NoticeCode, type SessionStatus } from './handle/status.ts';
export { type Verb } from './intent.ts';
export { type Platform, type PlatformLimit } from './platform.ts';
export { type Person } from './presence/person.ts';
export { type Presence, type PresenceFields } from './presence/presence.ts';
export { type KeptDraft } from './recovery/kept.ts';
export { type Refusal, type WriteState, type Written } from './saved.ts';
export { type SessionHandle } from './session-handle.ts';
export { type StorageState } from './store/offline.ts';
export { type TokenGiver } from './token-source.ts';
