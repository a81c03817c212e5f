// What people do in a world: any verb of the session, at random, on whatever they
// see. A verb that the session refuses is part of life; it is counted.

import { below, pick } from '../../src/base/chance.ts';
import { SessionError } from '../../src/session/error.ts';
import { policies } from '../../src/session/policy.ts';
import type { Run } from '../../src/session/run.ts';
import type { Session } from '../../src/session/session.ts';
import type { ToolPart } from '../../src/session/tool.ts';
import type { Peer, World } from './world.ts';

type Act = (world: World, session: Session) => void;

const anyMessage = (world: World, session: Session): string | undefined =>
  pick(world.chance, [...session.view.messages])?.id;

function anyRun(
  world: World,
  session: Session,
  wanted: (run: Run) => boolean = () => true,
): string | undefined {
  return pick(world.chance, [...session.view.runs].filter(wanted))?.id;
}

const words = (world: World): string =>
  pick(world.chance, ['hello', '你好 👋🏽', 'half \ud83d', '', 'مرحبا', 'x'.repeat(300)]) ?? '';

function askedApproval(session: Session): readonly { run: string; call: string }[] {
  const asked: { run: string; call: string }[] = [];
  for (const message of session.view.messages) {
    for (const part of message.parts) {
      if (part.type !== 'tool' || part.state !== 'approval-requested') continue;
      if (message.run !== undefined) asked.push({ run: message.run, call: part.id });
    }
  }
  return asked;
}

const acts: Readonly<Record<string, Act>> = {
  send: (world, session) => {
    const parent = below(world.chance, 4) === 0 ? anyMessage(world, session) : undefined;
    session.send(words(world), parent === undefined ? {} : { parent });
  },
  'send twice': (world, session) => {
    session.send(words(world));
    session.send([{ type: 'data', name: 'n', data: { at: world.clock.now() } }], {
      agent: 'helper',
    });
  },
  edit: (world, session) => {
    const id = anyMessage(world, session);
    if (id !== undefined) session.edit(id, words(world));
  },
  regenerate: (world, session) => {
    const id = anyMessage(world, session);
    if (id !== undefined) session.regenerate(id);
  },
  remove: (world, session) => {
    const own = [...session.view.messages].filter(({ author }) => author === session.principal);
    const message =
      below(world.chance, 5) === 0 ? anyMessage(world, session) : pick(world.chance, own)?.id;
    if (message !== undefined) session.remove(message);
  },
  cancel: (world, session) => {
    const run = anyRun(world, session);
    if (run !== undefined)
      session.cancel(run, { scope: below(world.chance, 3) === 0 ? 'run' : 'tree' });
  },
  steer: (world, session) => {
    const run = anyRun(world, session);
    if (run !== undefined) session.steer(run, words(world));
  },
  approve: (world, session) => {
    const asked = pick(world.chance, askedApproval(session));
    if (asked === undefined) return;
    session.approve(asked.run, asked.call);
    world.tally.add('approved');
  },
  deny: (world, session) => {
    const asked = pick(world.chance, askedApproval(session));
    if (asked !== undefined) session.deny(asked.run, asked.call, 'no');
  },
  pause: (world, session) => {
    const run = anyRun(world, session);
    if (run !== undefined) session.pause(run);
  },
  resume: (world, session) => {
    const run = anyRun(world, session);
    if (run !== undefined) session.resume(run);
  },
  reorder: (world, session) => {
    const run = pick(world.chance, session.queue)?.id;
    const other = pick(world.chance, session.queue)?.id;
    if (run === undefined || other === undefined) return;
    session.reorder(run, below(world.chance, 2) === 0 ? { before: other } : { after: other });
  },
  annotate: (world, session) => {
    const message = anyMessage(world, session);
    if (message !== undefined)
      session.annotate({ kind: 'message', message }, 'helpful', { score: 1 });
  },
  retract: (world, session) => {
    const message = anyMessage(world, session);
    if (message !== undefined) session.retract({ kind: 'message', message }, 'helpful');
  },
  rename: (world, session) => session.rename(`Title ${below(world.chance, 9)}`),
  policy: (world, session) => session.setPolicy(pick(world.chance, policies) ?? 'enqueue'),
  agent: (world, session) => session.setAgent(pick(world.chance, ['guide', 'helper']) ?? 'guide'),
  introduce: (world, session) => {
    session.introduce({ name: `N${below(world.chance, 3)}`, kind: 'person', colour: '#aabbcc' });
  },
  choose: (world, session) => {
    const id = anyMessage(world, session);
    if (id !== undefined) session.choose(id, { share: below(world.chance, 2) === 0 });
  },
  follow: (world, session) => session.followSelection(below(world.chance, 2) === 0),
  fork: (world, session) => {
    const id = anyMessage(world, session);
    if (id !== undefined) session.fork(id).close();
  },
};

const all = Object.keys(acts);

/** By mood of the world. Sending is what most people do most of the time. */
const weighted: Readonly<Record<World['mood'], readonly string[]>> = {
  anything: [...all, 'send', 'send', 'send', 'steer', 'approve'],
  tools: [
    ...all,
    'send',
    'send',
    'send',
    ...Array.from({ length: 20 }, (_, at) => (at % 3 === 0 ? 'deny' : 'approve')),
  ],
  queue: ['send', 'send', 'send twice', 'edit', 'reorder', 'cancel', 'steer', 'policy', 'remove'],
  takeover: ['send', 'send', 'steer', 'cancel', 'regenerate'],
};

export const personActs: readonly string[] = Object.keys(acts);

/** One act of one person. */
export function actAsPerson(world: World, peer: Peer): void {
  const name = pick(world.chance, weighted[world.mood]) ?? 'send';
  try {
    acts[name]?.(world, peer.session);
    world.tally.add(name);
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    world.tally.add(`refused ${error.code}`);
  }
}

/** A tool call of a reply as a peer sees it. */
export function toolOf(session: Session, message: string, id: string): ToolPart | undefined {
  const part = session.view.messages.get(message)?.parts.find((one) => one.id === id);
  return part?.type === 'tool' ? part : undefined;
}
