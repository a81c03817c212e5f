// Misuses of what a session gives to read.

export const readerPrograms = [
  {
    title: 'writing into a view',
    text: `
import type { Session } from 'holdfast/session';
export function write(session: Session): void {
  const { view } = session;
  view.path = []; // TS2540 read-only
  view.path.push(); // TS2339 'push' does not exist on type 'readonly Message[]'
  view.meta.title = 'mine'; // TS2540 read-only
  view.runs.set('a', undefined); // TS2339 'set' does not exist on type 'Table<Run>'
  view.tree.children.set('a', []); // TS2339 'set' does not exist on type 'ReadonlyMap
  for (const message of view.messages) {
    message.deleted = true; // TS2540 read-only
    message.parts[0] = undefined; // TS2542 only permits reading
  }
  for (const run of view.runs) {
    run.status = { state: 'queued' }; // TS2540 read-only
    if (run.status.state === 'failed') run.status.error.code = 'ok'; // TS2540 read-only
    if (run.claim !== null) run.claim.epoch += 1; // TS2540 read-only
    if (run.usage !== null) run.usage['tokens'] = 1; // TS2542 only permits reading
  }
  session.view = view; // TS2540 read-only
}
`,
  },
  {
    title: 'a switch over parts that forgets one',
    text: `
import type { Part } from 'holdfast/session';
const never = (value: never): never => value;
export function show(part: Part): string {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text;
    case 'tool':
    case 'file':
    case 'source':
    case 'data':
      return part.id;
    default:
      return never(part); // TS2345 'UnknownPart' is not assignable to parameter of type 'never'
  }
}
`,
  },
  {
    title: 'a switch over the states of a run that forgets one',
    text: `
import type { RunStatus } from 'holdfast/session';
const never = (value: never): never => value;
export function show(status: RunStatus): string {
  switch (status.state) {
    case 'queued':
    case 'running':
    case 'waiting':
    case 'complete':
    case 'cancelled':
    case 'failed':
      return status.state;
    default:
      return never(status); // TS2345 is not assignable to parameter of type 'never'
  }
}
`,
  },
  {
    title: 'reading what only another state of a run has',
    text: `
import type { Run } from 'holdfast/session';
export function read(run: Run): unknown[] {
  const { status } = run;
  const found = [status.error]; // TS2339 'error' does not exist on type
  if (status.state === 'waiting') return [status.for];
  if (status.state === 'complete') return [status.why]; // TS2339 'why' does not exist on type
  if (status.state === 'queued') return [status.at + 1]; // TS18048 possibly 'undefined'
  return [...found, run.claim.holder]; // TS18047 possibly 'null'
}
`,
  },
  {
    title: 'reading the output of a tool without asking for its state',
    text: `
import type { Part, ToolPart } from 'holdfast/session';
export function outputOf(part: Part): unknown {
  if (part.type !== 'tool') return part.output; // TS2339 'output' does not exist on type
  return part.output; // TS2339 'output' does not exist on type
}
export function inputOf(tool: ToolPart): unknown {
  if (tool.state === 'output-available') return [tool.input, tool.output, tool.preliminary];
  if (tool.state === 'input-streaming') return tool.input; // TS2339 'input' does not exist on type
  if (tool.state === 'input-available') return tool.approval; // TS2339 'approval' does not exist on type
  return tool.error; // TS2339 'error' does not exist on type
}
`,
  },
  {
    title: 'reading what only another kind of request has',
    text: `
import type { Request } from 'holdfast/session';
export function read(request: Request): unknown {
  if (request.kind === 'cancel') return request.call; // TS2339 'call' does not exist on type
  if (request.kind === 'approve' || request.kind === 'deny') return request.hash;
  if (request.state === 'pending') return undefined; // TS2367 no overlap
  return request.ack.state; // TS18047 possibly 'null'
}
`,
  },
  {
    title: 'taking the message of a missing id for granted',
    text: `
import type { View } from 'holdfast/session';
export function read(view: View): string {
  const last = view.path[view.path.length - 1];
  const name = last.author; // TS18048 possibly 'undefined'
  return name + view.messages.get('m').author; // TS2532 possibly 'undefined'
}
`,
  },
  {
    title: 'a selector and its listener that disagree',
    text: `
import type { Session } from 'holdfast/session';
export function follow(session: Session): void {
  session.subscribe((view) => view.path.length, (count: number) => count);
  session.subscribe((view) => view.path.length, (count: string) => count); // TS2322 Type 'number' is not assignable to type 'string'
  session.follow((delta) => delta.nothing); // TS2339 'nothing' does not exist on type
}
`,
  },
] as const;
