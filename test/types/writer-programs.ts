// Misuses of the verbs of a session.

export const writerPrograms = [
  {
    title: 'sending as somebody or something else',
    text: `
import type { Session } from 'holdfast/session';
export function send(session: Session): void {
  session.send('hello', { agent: null, parent: null });
  session.send('hello', { role: 'system' }); // TS2353 'role' does not exist
  session.send('hello', { author: 'mallory' }); // TS2353 'author' does not exist
  session.send('hello', { id: 'mine' }); // TS2353 'id' does not exist
  session.principal = 'mallory'; // TS2540 read-only
}
`,
  },
  {
    title: 'a prompt of parts that no prompt has',
    text: `
import type { Session } from 'holdfast/session';
const hash = 'f'.repeat(64);
export function send(session: Session): void {
  session.send([{ type: 'text', text: 'hello' }, { type: 'data', name: 'n', data: { a: [1] } }]);
  session.send([{ type: 'file', mediaType: 'image/png', size: 3, hash }]);
  session.send({ type: 'text', text: 'hello' }); // TS2353 'type' does not exist in type 'readonly PromptPart[]'
  session.send([{ type: 'text', words: 'hello' }]); // TS2353 'words' does not exist
  session.send([{ type: 'text' }]); // TS2322 Property 'text' is missing
  session.send([{ type: 'file', mediaType: 'image/png', size: '3', hash }]); // TS2322 not assignable to type 'number'
  session.send([{ type: 'file', url: 'data:,' }]); // TS2353 'url' does not exist
  session.send([{ type: 'reasoning', text: 'hm' }]); // TS2322 Type '"reasoning"' is not assignable
  session.send([{ type: 'data', name: 'when', data: new Date(0) }]); // TS2322 not assignable
  session.send([{ type: 'data', name: 'much', data: 1n }]); // TS2322 Type 'bigint' is not assignable
}
`,
  },
  {
    title: 'a request of a kind that there is not, or without what its kind needs',
    text: `
import type { ControlRequest } from 'holdfast/session';
import { writeRequest } from '../../src/session/pen.ts';
type Pen = Parameters<typeof writeRequest>[0];
export function ask(pen: Pen): void {
  writeRequest(pen, { kind: 'cancel', run: 'r', scope: 'tree' });
  writeRequest(pen, { kind: 'reboot', run: 'r' }); // TS2322 Type '"reboot"' is not assignable
  writeRequest(pen, { kind: 'cancel', run: 'r' }); // TS2345 'scope' is missing
  writeRequest(pen, { kind: 'cancel', run: 'r', scope: 'world' }); // TS2322 Type '"world"' is not assignable
  writeRequest(pen, { kind: 'approve', run: 'r', call: 'c' }); // TS2345 'hash' is missing
  writeRequest(pen, { kind: 'pause', run: 'r', by: 'mallory' }); // TS2353 'by' does not exist
  writeRequest(pen, { kind: 'steer', run: 'r', message: 'm' }); // TS2345 'queued' is missing
}
export const whole: ControlRequest = { kind: 'pause', run: 'r', id: 'i', by: 'ada', at: 0 };
export const half: ControlRequest = { kind: 'pause', run: 'r', id: 'i', by: 'ada' }; // TS2322 'at' is missing
`,
  },
  {
    title: 'settings that are not in their lists',
    text: `
import { createSession, type Session } from 'holdfast/session';
export function set(session: Session): void {
  session.setPolicy('enqueue');
  session.setPolicy('drop'); // TS2345 Argument of type '"drop"' is not assignable
  session.cancel('r', { scope: 'all' }); // TS2322 Type '"all"' is not assignable
  session.reorder('r', { at: 3 }); // TS2353 'at' does not exist
  session.reorder('r', {}); // TS2345 not assignable
  session.introduce({ name: 'Ada', kind: 'robot' }); // TS2322 Type '"robot"' is not assignable
  session.annotate({ kind: 'message' }, 'helpful', { score: 1 }); // TS2345 'message' is missing
  session.annotate({ kind: 'run', run: 'r' }, 'helpful', { stars: 5 }); // TS2353 'stars' does not exist
}
createSession({ principal: 'ada', policy: 'steer' });
createSession({ policy: 'steer' }); // TS2741 Property 'principal' is missing
createSession({ principal: 'ada', budget: { bytes: 1 } }); // TS2353 'bytes' does not exist
`,
  },
  {
    title: 'taking for granted that a prompt asked an agent',
    text: `
import type { Session } from 'holdfast/session';
export function send(session: Session): void {
  const sent = session.send('hello');
  session.cancel(sent.run); // TS2345 'null' is not assignable
  session.remove(sent.reply); // TS2345 'null' is not assignable
}
`,
  },
  {
    title: 'writing into a reply what it does not have',
    text: `
import type { Lane, Session } from 'holdfast/session';
export function write(session: Session, lane: Lane): void {
  const reply = session.begin('r', lane);
  reply.text({ step: 's1' }).append('hello');
  reply.text('hello'); // TS2559 has no properties in common
  reply.text().append(7); // TS2345 'number' is not assignable
  reply.tool('search').input(undefined); // TS2345 'undefined' is not assignable
  reply.tool('search').output(() => 1); // TS2345 not assignable
  reply.tool('search').decided({ request: 'q' }); // TS2741 Property 'approved' is missing
  reply.tool('search').state = 'output-denied'; // TS2540 read-only
  reply.file({ mediaType: 'text/plain', size: 1 }); // TS2741 Property 'hash' is missing
  session.begin('r', { client: 1 }); // TS2741 Property 'clock' is missing
}
`,
  },
] as const;
