// Every type of part that the streams of `ai` 6 and 7 have, and what becomes of it: those of
// `streamText(...).fullStream` and those of a stream of UI messages, which share most names. A type
// without a row is kept as data. That no type of either version is missing is checked when the
// tests are compiled.

import { clip } from '../../base/text.ts';
import { sha256Hex } from '../../session/hash.ts';
import { limits } from '../../session/limits.ts';
import { fitting } from '../fitting.ts';
import type { Given, AiTranslation } from './translation.ts';
import { type AiPart, countIn, type Fields, fieldsIn, isFields, textIn } from './part.ts';
import { usageOf } from './usage.ts';

/** What a part becomes; undefined where it says nothing that is understood, and so is kept. */
type Row = (part: AiPart, to: AiTranslation) => readonly Given[] | undefined;

/** Says nothing that a session would not know from the parts around it. */
const nothing: Row = () => [];
const metadata: Row = (part, to) => to.metadata(part['messageMetadata']);

const words =
  (type: 'text' | 'reasoning'): Row =>
  (part) => {
    const delta = textIn(part, 'delta', 'text');
    return delta === undefined ? undefined : [{ type, delta, id: textIn(part, 'id') }];
  };

const wordsEnd =
  (type: 'text-end' | 'reasoning-end'): Row =>
  (part) => [{ type, id: textIn(part, 'id') }];

const callOf = (part: AiPart): string => textIn(part, 'toolCallId', 'id') ?? '';
const isProviders = (part: AiPart): boolean => part['providerExecuted'] === true;

/** UI messages have it as text, which version 7 does not redact either. */
const errorIn = (part: AiPart): unknown => part['error'] ?? part['errorText'];

const toolCall: Row = (part, { calls, errorText }) => {
  const [id, name] = [callOf(part), textIn(part, 'toolName')];
  if (id === '' || name === undefined) return undefined;
  const called = calls.call(id, name, part['input'], isProviders(part));
  const isWrong = part['invalid'] === true || part.type === 'tool-input-error';
  if (!isWrong) return called;
  return [...called, ...calls.fail(id, errorText(errorIn(part), name))];
};

/** What comes of a call that a former stream made brings its name and its input. */
const made = (part: AiPart, { calls }: AiTranslation): readonly Given[] | undefined => {
  const [id, name] = [callOf(part), textIn(part, 'toolName')];
  if (calls.has(id))
    return 'input' in part && name ? calls.call(id, name, part['input'], false) : [];
  return name === undefined || !('input' in part)
    ? undefined
    : calls.call(id, name, part['input'], isProviders(part));
};

const toolOutput: Row = (part, to) => {
  const called = made(part, to);
  const isPreliminary = part['preliminary'] === true;
  return called && [...called, ...to.calls.output(callOf(part), part['output'], isPreliminary)];
};

const toolError: Row = (part, to) => {
  const called = made(part, to);
  const name = textIn(part, 'toolName') ?? '';
  const error = to.errorText(errorIn(part), name);
  return called && [...called, ...to.calls.fail(callOf(part), error)];
};

/** The call waits; whoever pipes gets it back, to ask in the session. */
const approvalRequest: Row = (part, { calls }) => {
  const call = textIn(part, 'toolCallId') ?? textIn(fieldsIn(part, 'toolCall'), 'toolCallId');
  return calls.asked(textIn(part, 'approvalId') ?? '', call ?? '') ? [] : undefined;
};

const approvalResponse: Row = (part, { calls }) => {
  const approval = textIn(part, 'approvalId') ?? '';
  const isKnown = calls.answered(approval, part['approved'] === true, textIn(part, 'reason'));
  return isKnown ? [] : undefined;
};

const link = /^https?:\/\/[^\s\p{Cc}<>]*$/iu;
const mediaTypeShape = /^[\w.+-]{1,64}\/[\w.+-]{1,64}$/;

const urlIn = (part: Fields): string | undefined => {
  const url = textIn(part, 'url');
  return url !== undefined && url.length <= limits.urlCharsMax && link.test(url) ? url : undefined;
};

const mediaTypeIn = (part: Fields): string | undefined => {
  const type = textIn(part, 'mediaType');
  return type !== undefined && mediaTypeShape.test(type) ? type : undefined;
};

const source: Row = (part) => {
  const [url, mediaType] = [urlIn(part), mediaTypeIn(part)];
  const title = titleOf(textIn(part, 'title') || textIn(part, 'filename', 'url') || '');
  if (title === '') return undefined;
  return [{ type: 'source', title, ...(url && { url }), ...(mediaType && { mediaType }) }];
};

const titleOf = (text: string): string =>
  clip(
    text
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .toWellFormed(),
    limits.nameCharsMax,
  );

/** Its bytes are in the part or in a data URL; a link to them is shown as a source. */
const file: Row = (part, to) => {
  const held = fieldsIn(part, 'file');
  const mediaType = mediaTypeIn(part) ?? mediaTypeIn(held) ?? 'application/octet-stream';
  const url = textIn(part, 'url');
  if (url !== undefined && !url.startsWith('data:')) return source(part, to);
  const base64 = textIn(held, 'base64') ?? /^data:[^,]*;base64,(.*)$/s.exec(url ?? '')?.[1];
  return base64 === undefined ? undefined : [{ type: 'bytes', mediaType, base64 }];
};

/** What the stream of a step, and of all of them, came to. */
const finishStep: Row = (part, to) => to.stepUsage(usageOf(fieldsIn(part, 'usage')));

const finish: Row = (part, to) => {
  const reason = textIn(part, 'finishReason');
  const usage = usageOf(fieldsIn(part, 'totalUsage'));
  return [
    ...to.metadata(part['messageMetadata']),
    ...(countIn(usage, ...Object.keys(usage)) === undefined
      ? []
      : [{ type: 'usage', usage } as const]),
    ...(reason === undefined ? [] : [{ type: 'finish', reason } as const]),
  ];
};

const error: Row = (part) => {
  const text = textIn(part, 'errorText');
  return [{ type: 'error', error: text === undefined ? part['error'] : new Error(text) }];
};

export const table = {
  start: metadata,
  'message-metadata': metadata,
  'start-step': nothing,
  'finish-step': finishStep,
  finish,
  error,
  abort: () => [{ type: 'finish', reason: 'aborted' }],
  // Signs of life, and what the provider sent, which the other parts say already.
  ping: nothing,
  raw: nothing,

  'text-start': nothing,
  'text-delta': words('text'),
  'text-end': wordsEnd('text-end'),
  'reasoning-start': nothing,
  'reasoning-delta': words('reasoning'),
  'reasoning-end': wordsEnd('reasoning-end'),

  'tool-input-start': (part, { calls }) => {
    const [id, name] = [callOf(part), textIn(part, 'toolName')];
    return id === '' || name === undefined ? undefined : calls.begin(id, name, isProviders(part));
  },
  'tool-input-delta': (part, { calls }) =>
    calls.stream(callOf(part), textIn(part, 'delta', 'inputTextDelta') ?? ''),
  // The whole input follows.
  'tool-input-end': nothing,
  'tool-call': toolCall,
  'tool-input-available': toolCall,
  'tool-input-error': toolCall,
  'tool-result': toolOutput,
  'tool-output-available': toolOutput,
  'tool-error': toolError,
  'tool-output-error': toolError,
  'tool-approval-request': approvalRequest,
  'tool-approval-response': approvalResponse,
  'tool-output-denied': (part, { calls }) => calls.deny(callOf(part)),

  source,
  'source-url': source,
  'source-document': source,
  file,
  'reasoning-file': file,

  // No part of a session is like these: they are kept as they are.
  custom: () => undefined,
  'steering-message': () => undefined,
  'reset-step': () => undefined,
} as const satisfies { readonly [type: string]: Row };

const rows: ReadonlyMap<string, Row> = new Map<string, Row>(Object.entries(table));

/** Chunks of one part, whatever its type. */
export function given(part: AiPart, to: AiTranslation): readonly Given[] {
  const row = part.type.startsWith('data-') ? appData : rows.get(part.type);
  return row?.(part, to) ?? [kept(part)];
}

/** An app's own data, which is replaced where it comes again under its id; a passing notice is not kept. */
const appData: Row = (part) => {
  if (part['transient'] === true) return [];
  const id = textIn(part, 'id');
  const name = clip(part.type.slice('data-'.length), limits.nameCharsMax);
  if (name === '') return undefined;
  // Any text may be an id of the SDK's.
  const own = id === undefined ? {} : { id: sha256Hex(JSON.stringify([name, id])).slice(0, 32) };
  return [{ type: 'data', name, data: fitting(part['data']), ...own }];
};

const kept = ({ type, ...rest }: AiPart): Given => ({
  type: 'data',
  name: clip(`ai-sdk.${type}`, limits.nameCharsMax),
  data: isFields(rest) ? fitting(rest) : null,
});
