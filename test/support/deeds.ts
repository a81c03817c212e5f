// What the honest peers of a crowd do, one function a deed: the whole API of a
// session, the decisions of its room, and replies written under lanes.

import { below, pick } from '../../src/base/chance.ts';
import { type HolderCommand, isOffered } from '../../src/session/bookkeeping.ts';
import { policies } from '../../src/session/policy.ts';
import type { PromptContent } from '../../src/session/prompt.ts';
import type { ReplyWriter } from '../../src/session/reply.ts';
import { isActive, isFinal, type Run } from '../../src/session/run.ts';
import type { Session } from '../../src/session/session.ts';
import type { ToolPart } from '../../src/session/tool.ts';
import { SessionError } from '../../src/session/error.ts';
import { Crowd } from './crowd.ts';

type Deed = (crowd: Crowd) => void;

const words = ['hello', 'a **b** `c`', '', '你好 👋🏽', 'half \ud83d', '```\n# code', 'x'.repeat(90)];
const file = { mediaType: 'image/png', size: 3, hash: 'a'.repeat(64), name: 'a.png' };

const one = <Value>(crowd: Crowd, values: Iterable<Value>): Value | undefined =>
  pick(crowd.chance, [...values]);

const person = (crowd: Crowd): Session => pick(crowd.chance, crowd.people) ?? crowd.room;

const say = (crowd: Crowd): string => pick(crowd.chance, words) ?? '';

function content(crowd: Crowd): PromptContent {
  if (below(crowd.chance, 4) > 0) return say(crowd);
  return [
    { type: 'text', text: say(crowd) },
    { type: 'file', ...file },
    { type: 'source', title: 'S', url: 'https://example.org/a' },
    { type: 'data', name: 'n', data: { a: [1, null] } },
  ];
}

const message = (crowd: Crowd, session: Session): string =>
  one(crowd, session.view.messages)?.id ?? 'none';

const run = (crowd: Crowd, session: Session, wanted: (run: Run) => boolean = () => true): string =>
  one(
    crowd,
    [...session.view.runs].filter((each) => wanted(each)),
  )?.id ?? 'none';

const onMessage =
  (act: (session: Session, id: string, crowd: Crowd) => void): Deed =>
  (crowd) => {
    const session = person(crowd);
    act(session, message(crowd, session), crowd);
  };

const onRun =
  (
    act: (session: Session, id: string, crowd: Crowd) => void,
    wanted?: (run: Run) => boolean,
  ): Deed =>
  (crowd) => {
    const session = person(crowd);
    act(session, run(crowd, session, wanted), crowd);
  };

const active = (each: Run): boolean => isActive(each.status.state);
const queued = (each: Run): boolean => each.status.state === 'queued';

function decide(crowd: Crowd, kind: 'approve' | 'deny'): void {
  const session = person(crowd);
  for (const reply of session.view.messages) {
    const call = reply.parts.find(
      (part) => part.type === 'tool' && part.state === 'approval-requested',
    );
    if (call !== undefined && reply.run !== undefined) session[kind](reply.run, call.id, 'so');
  }
}

function annotate(crowd: Crowd): void {
  const session = person(crowd);
  const judgement = pick(crowd.chance, [{ score: 1 }, { label: 'good' }, { comment: 'hm' }]);
  const target = { kind: 'message', message: message(crowd, session) } as const;
  if (judgement !== undefined) session.annotate(target, 'helpful', judgement);
}

function claim(crowd: Crowd): void {
  crowd.books.settle();
  const offered = crowd.run((each) => isOffered(crowd.books.projection, each));
  if (offered === undefined) return;
  crowd.writers.delete(offered.id);
  crowd.note(crowd.books.claim(offered.id, crowd.agent.principal));
  crowd.deliver(crowd.room, crowd.agent);
}

function obey(crowd: Crowd): void {
  const held = crowd.run((each) => active(each) && each.claim !== null);
  if (held === undefined || held.claim === null) return;
  const asked = one(
    crowd,
    [...crowd.room.view.requests].filter((request) => request.run === held.id),
  );
  const commands: readonly DistributiveOmit<HolderCommand, 'run' | 'epoch'>[] = [
    { do: 'wait', for: 'approval' },
    { do: 'proceed' },
    { do: 'complete' },
    { do: 'cancelled' },
    { do: 'fail', error: { code: 'crashed', message: 'It broke.' } },
    { do: 'usage', usage: { outputTokens: 3 } },
    { do: 'title', title: 'A better title' },
    { do: 'ack', request: asked?.id ?? 'none', state: 'accepted', place: { message: held.reply } },
    { do: 'ack', request: asked?.id ?? 'none', state: 'refused', reason: 'no' },
  ];
  const command = pick(crowd.chance, commands) ?? { do: 'complete' };
  const { holder, epoch } = held.claim;
  crowd.note(crowd.books.obey(holder, { ...command, run: held.id, epoch }));
}

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown
  ? Omit<Union, Key>
  : never;

/** The agent writes a little more of a reply that it holds, as it sees it. */
function write(crowd: Crowd): void {
  const { agent } = crowd;
  const held = one(
    crowd,
    [...agent.view.runs].filter((each) => active(each) && each.claim?.holder === agent.principal),
  );
  if (held === undefined) return;
  const writer = crowd.writers.get(held.id) ?? agent.begin(held.id);
  crowd.writers.set(held.id, writer);
  pick(crowd.chance, strokes)?.(writer, crowd, held);
  if (below(crowd.chance, 3) > 0) writer.flush();
  if (below(crowd.chance, 2) === 0) crowd.deliver(agent, crowd.room);
}

type Stroke = (writer: ReplyWriter, crowd: Crowd, run: Run) => void;

const strokes: readonly Stroke[] = [
  (writer, crowd) => {
    const text = writer.text();
    text.append(say(crowd));
    text.append(' and more');
    if (below(crowd.chance, 2) === 0) text.end();
  },
  (writer, crowd) => {
    const lane = { client: crowd.chance.uint32(), clock: 0 };
    const [text, thought] = [writer.text(), writer.reasoning({ lane })];
    for (let token = 0; token < 4; token++) {
      text.append(say(crowd));
      thought.append('so ');
      writer.flush();
    }
  },
  (writer) => writer.text().append('long '.repeat(900)),
  (writer) => writer.file(file),
  (writer) => writer.source({ title: 'A page', url: '/docs', snippet: 'words' }),
  (writer, crowd) =>
    writer.data('chart', { n: below(crowd.chance, 9) }, { id: createDataId(writer) }),
  (writer) => writer.tool('search').streamInput('{"q":'),
  (writer) => {
    const tool = writer.tool('search', { step: 's1' });
    tool.input({ q: 'yjs' });
    tool.output({ hits: 1 }, { preliminary: true });
    tool.output({ hits: 2 });
  },
  (writer) => {
    const tool = writer.tool('rm');
    tool.input({ path: '/' });
    tool.askApproval({ reason: 'It deletes.' });
  },
  (writer) => writer.tool('rm').fail('The input was no JSON.'),
  (_writer, crowd, held) => {
    const call = crowd.agent.view.messages
      .get(held.reply)
      ?.parts.find(
        (part): part is ToolPart => part.type === 'tool' && part.state.startsWith('approval'),
      );
    if (call === undefined) return;
    const tool = crowd.agent.begin(held.id).continueTool(call.id);
    if (tool.state === 'approval-requested') tool.decided({ approved: true, by: 'ann' });
  },
  (writer, crowd, held) => {
    writer.end();
    crowd.writers.delete(held.id);
  },
];

const createDataId = (writer: ReplyWriter): string => `d-${writer.message.slice(0, 8)}`;

const deeds: Readonly<Record<string, Deed>> = {
  send: (crowd) => person(crowd).send(content(crowd)),
  'send elsewhere': onMessage((session, parent, crowd) =>
    session.send(content(crowd), { parent, agent: null }),
  ),
  'send anew': (crowd) => person(crowd).send(say(crowd), { parent: null }),
  edit: onMessage((session, id, crowd) => session.edit(id, content(crowd))),
  regenerate: onMessage((session, id) => session.regenerate(id)),
  remove: onMessage((session, id) => session.remove(id)),
  cancel: onRun((session, id) => session.cancel(id)),
  'cancel one': onRun((session, id) => session.cancel(id, { scope: 'run', reason: 'enough' })),
  steer: onRun((session, id, crowd) => session.steer(id, say(crowd)), active),
  'send within': (crowd) => {
    const held = run(crowd, crowd.agent, active);
    crowd.agent.sendWithin(held, 'reader', content(crowd));
  },
  approve: (crowd) => decide(crowd, 'approve'),
  deny: (crowd) => decide(crowd, 'deny'),
  pause: onRun((session, id) => session.pause(id)),
  resume: onRun((session, id) => session.resume(id)),
  reorder: onRun((session, id, crowd) => {
    session.reorder(id, { before: run(crowd, session, queued) });
  }, queued),
  annotate,
  retract: onMessage((session, id) => session.retract({ kind: 'message', message: id }, 'helpful')),
  rename: (crowd) => person(crowd).rename(`Title ${below(crowd.chance, 3)}`),
  'set policy': (crowd) => person(crowd).setPolicy(pick(crowd.chance, policies) ?? 'enqueue'),
  'set agent': (crowd) => person(crowd).setAgent(pick(crowd.chance, ['helper', 'other']) ?? 'x'),
  introduce: (crowd) => {
    const name = pick(crowd.chance, ['Ann', 'Ben', '# Ann']) ?? 'Ann';
    person(crowd).introduce({ name, kind: 'person', colour: '#aabbcc' });
  },
  choose: onMessage((session, id, crowd) => {
    session.choose(id, { share: below(crowd.chance, 2) === 0 });
  }),
  'follow selection': (crowd) => person(crowd).followSelection(below(crowd.chance, 2) === 0),
  settle: (crowd) => crowd.books.settle(),
  claim,
  write,
  obey,
  lose: (crowd) => {
    const held = crowd.run((each) => active(each) && !isFinal(each.status.state));
    if (held === undefined || held.claim === null) return;
    crowd.writers.delete(held.id);
    crowd.note(crowd.books.lose(held.id, held.claim.epoch));
  },
  abandon: (crowd) => {
    const left = crowd.run((each) => each.status.state === 'stalled');
    const error = { code: 'nobody', message: 'Nobody took it.' };
    if (left !== undefined) crowd.note(crowd.books.abandon(left.id, error));
  },
  deliver: (crowd) => {
    const peer = pick(crowd.chance, crowd.peers) ?? crowd.room;
    crowd.deliver(peer, crowd.room);
    crowd.deliver(crowd.room, peer);
  },
  'deliver all': (crowd) => crowd.deliverAll(),
};

const frequent = ['send', 'send', 'deliver all', 'deliver all', 'deliver all', 'claim', 'obey'];
const streams = ['write', 'write', 'write', 'write', 'write', 'deliver all', 'claim'];
const weighted = [...Object.keys(deeds), ...frequent, ...streams];

/** One deed of one of the crowd, or a delivery; what the session refuses is counted as that. */
export function step(crowd: Crowd): void {
  crowd.clock.advance(below(crowd.chance, 50));
  const name = pick(crowd.chance, weighted) ?? 'deliver';
  try {
    deeds[name]?.(crowd);
    crowd.tally.add(name);
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    crowd.tally.add(`refused ${error.code}`);
  }
}

/** A crowd that has done this many deeds, with everything delivered. */
export function busyCrowd(seed: number, steps: number): Crowd {
  const crowd = new Crowd(seed);
  for (let at = 0; at < steps; at++) step(crowd);
  crowd.books.settle();
  crowd.deliverAll();
  return crowd;
}

/** The names of all deeds. */
export const deedNames: readonly string[] = Object.keys(deeds);
