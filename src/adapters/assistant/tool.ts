// A tool of an assistant, and what comes of a call of it: asked about where it wants that, carried
// out here or by a device, and told to the model. A tool that fails fails its call, not the run: the
// model may find another way.

import type { Json } from '../../base/json.ts';
import { clip } from '../../base/text.ts';
import { RunFailure } from '../../agent/error.ts';
import type { AgentRun } from '../../agent/run.ts';
import type { ToolCall } from '../../agent/tool-call.ts';
import { limits } from '../../session/limits.ts';
import type { ToolPart } from '../../session/tool.ts';
import { fitting } from '../fitting.ts';
import type { ToolOffer } from '../openai/model.ts';

export interface AssistantTool extends ToolOffer {
  /** Whether people are asked before it is carried out: always, or where this says so of the input. */
  readonly approval?: boolean | ((input: Json) => boolean) | undefined;
  /** Why people are asked, for them to read. */
  readonly reason?: string | undefined;
  /** Carries it out. Without it, a device of people's does. A `RunFailure` says what people may read. */
  readonly run?: ((input: Json, run: AgentRun) => unknown) | undefined;
}

/** Told of what tools throw, which people do not read. */
export type OnToolError = (error: unknown, tool: string) => void;

/** Rejects only where the run is stopped. */
export async function carryOut(
  call: ToolCall,
  tools: readonly AssistantTool[],
  run: AgentRun,
  onError: OnToolError | undefined,
): Promise<ToolPart> {
  const input = call.arguments ?? null;
  const base = { type: 'tool', id: call.id, name: call.name, input } as const;
  const failed = (error: string): ToolPart => {
    if (call.state !== 'output-error') call.fail(error);
    return { ...base, state: 'output-error', error };
  };
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) return failed(clip(`There is no tool ${call.name}.`, SENTENCE_CHARS));
  if (wantsApproval(tool, input)) {
    const { reason } = tool;
    const decision = await call.approval({ ...(reason !== undefined && { reason }) });
    if (!decision.approved) return { ...base, state: 'output-denied', decision };
  }
  try {
    const output = await outputOf(tool, call, input, run);
    if (call.state === 'output-error') return failed('No device could carry it out.');
    return { ...base, state: 'output-available', output, preliminary: false };
  } catch (error) {
    run.signal.throwIfAborted();
    onError?.(error, call.name);
    const words = error instanceof RunFailure ? error.message.toWellFormed() : '';
    return failed(clip(words, SENTENCE_CHARS) || 'The tool failed.');
  }
}

const SENTENCE_CHARS = limits.sentenceCharsMax;

async function outputOf(
  tool: AssistantTool,
  call: ToolCall,
  input: Json,
  run: AgentRun,
): Promise<Json> {
  if (tool.run === undefined) return call.answer();
  const output = fitting(await tool.run(input, run));
  run.signal.throwIfAborted();
  call.output(output);
  return output;
}

const wantsApproval = ({ approval }: AssistantTool, input: Json): boolean =>
  typeof approval === 'function' ? approval(input) : approval === true;
