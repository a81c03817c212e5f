// A long session on a page, every component of which counts its renders, while an agent
// streams a reply into it.

import {
  HoldfastProvider,
  SessionProvider,
  useBranches,
  useComposer,
  useMessage,
  useMessages,
  useParticipants,
  usePart,
  useRun,
  useSaved,
  useSession,
  useSessionStatus,
} from 'holdfast/react';
import {
  createElement,
  type FunctionComponent,
  memo,
  type ReactNode,
  useEffect,
  version,
} from 'react';
import { createRoot } from 'react-dom/client';
import { LocalClient } from '../../../support/local-client.ts';
import { longSession, Streamed } from '../../../support/streaming.ts';

export interface StreamReport {
  /** Renders since the stream began, by component; those that did not render are not there. */
  readonly renders: Readonly<Record<string, number>>;
  readonly frames: number;
  /** Most renders of the growing part in one frame. */
  readonly inOneFrame: number;
  readonly shown: string;
  readonly written: string;
  readonly longTasksMs: readonly number[];
  readonly components: number;
  readonly react: string;
}

declare global {
  interface Window {
    /** Shows a session of so many messages, and the beginning of one more. */
    showLong(messages: number): Promise<void>;
    streamInto(tokens: number, perSecond: number): Promise<StreamReport>;
  }
}

const renders = new Map<string, number>();
const framesOfPart: number[] = [];
let frame = 0;

function count(component: string): void {
  renders.set(component, (renders.get(component) ?? 0) + 1);
}

const element = createElement;

const PartText: FunctionComponent<{ message: string; index: number }> = memo((props) => {
  const { message, index } = props;
  const part = usePart(message, index);
  count(`part of ${message}`);
  useEffect(() => {
    framesOfPart.push(frame);
  });
  return element('p', { id: `part-${message}` }, part?.type === 'text' ? part.text : '');
});

const MessageRow: FunctionComponent<{ id: string }> = memo(({ id }) => {
  const message = useMessage(id);
  const { index, count: siblings } = useBranches(id);
  const saved = useSaved(id);
  count(`message ${id}`);
  const parts = message?.parts.map((part, at) =>
    element(PartText, { key: part.id, message: id, index: at }),
  );
  const run = message?.run === undefined ? null : element(RunState, { id: message.run });
  return element('li', null, `${index + 1}/${siblings} ${saved ?? ''}`, run, parts);
});

const RunState: FunctionComponent<{ id: string }> = memo(({ id }) => {
  const run = useRun(id);
  count(`run ${id}`);
  return element('i', null, run?.status.state);
});

const List: FunctionComponent = memo(() => {
  const ids = useMessages();
  count('list');
  return element(
    'ol',
    null,
    ids.map((id) => element(MessageRow, { key: id, id })),
  );
});

const Composer: FunctionComponent = memo(() => {
  const { text, set, active, queued } = useComposer();
  count('composer');
  const field = element('input', { value: text, onChange: (event) => set(event.target.value) });
  return element('form', null, field, `${active.length} active, ${queued.length} queued`);
});

const Header: FunctionComponent<{ id: string }> = memo(({ id }) => {
  const { meta } = useSession(id);
  const participants = useParticipants();
  const { connection } = useSessionStatus();
  count('header');
  return element('h1', null, `${meta.title} ${participants.length} ${connection.name}`);
});

function show(client: LocalClient, id: string): void {
  const parts: ReactNode[] = [
    element(Header, { key: 'header', id }),
    element(List, { key: 'list' }),
    element(Composer, { key: 'composer' }),
  ];
  const session = element(SessionProvider, { id }, parts);
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no root');
  createRoot(root).render(element(HoldfastProvider, { client }, session));
}

function nextFrame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Until what was rendered is on the screen, and nothing more comes of it. */
async function settled(): Promise<void> {
  for (let at = 0; at < 4; at++) await nextFrame();
}

function countFrames(): void {
  frame++;
  requestAnimationFrame(countFrames);
}

function mostInOne(frames: readonly number[]): number {
  const counts = Map.groupBy(frames, (at) => at);
  return Math.max(0, ...[...counts.values()].map((group) => group.length));
}

let reply: Streamed | undefined;

window.showLong = async (messages) => {
  const session = longSession(messages);
  const client = new LocalClient();
  client.put(session);
  show(client, session.id);
  countFrames();
  reply = new Streamed(session);
  reply.append('Once');
  await settled();
};

window.streamInto = async (tokens, perSecond) => {
  if (reply === undefined) throw new Error('nothing is shown');
  const components = renders.size;
  const long: number[] = [];
  const observer = new PerformanceObserver((list) => {
    long.push(...list.getEntries().map((entry) => entry.duration));
  });
  renders.clear();
  framesOfPart.length = 0;
  const from = frame;
  observer.observe({ type: 'longtask' });
  await reply.stream(tokens, perSecond);
  await settled();
  observer.disconnect();
  return {
    renders: Object.fromEntries(renders),
    frames: frame - from,
    inOneFrame: mostInOne(framesOfPart),
    shown: document.getElementById(`part-${reply.message}`)?.textContent ?? '',
    written: reply.text,
    longTasksMs: long,
    components,
    react: version,
  };
};
