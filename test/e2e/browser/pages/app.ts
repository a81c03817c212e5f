// A session of the real client without a framework, as a test drives it: it is opened, said
// something in, and asked what is seen of it and how far each thing got.

import {
  type Client,
  type ClientOptions,
  createClient,
  type Message,
  type SessionHandle,
} from 'holdfast';
import { fastClock } from '../../../support/fast-clock.ts';

export interface AppOptions {
  readonly url: string;
  readonly token: string;
  readonly session: string;
  readonly principal?: string;
  readonly create?: boolean;
  /** So many times faster than the world's, for what takes a client long. */
  readonly clockSpeed?: number;
}

/** One message, as a person sees it. */
export interface Row {
  readonly text: string;
  /** How far it got; nothing where it is safe. */
  readonly state: string;
}

export interface Seen {
  readonly rows: readonly Row[];
  readonly connection: string;
  readonly storage: string;
  readonly why: string;
  readonly unsent: number;
  readonly notice: string;
  readonly limits: readonly string[];
  readonly isSignedOut: boolean;
  /** Message states that were ever told, by text; with no state twice. */
  readonly history: Readonly<Record<string, readonly string[]>>;
}

declare global {
  interface Window {
    app: {
      open(options: AppOptions): void;
      isReady(): boolean;
      say(text: string, agent?: string): void;
      see(): Seen;
      sessions(): string[];
      /** All that was said, on whatever branch, in order of its words. */
      everything(): string[];
      close(): Promise<void>;
      signOut(): Promise<void>;
    };
  }
}

let client: Client | undefined;
let handle: SessionHandle | undefined;
let isReady = false;
const history: Record<string, string[]> = {};

function opened(): { readonly client: Client; readonly handle: SessionHandle } {
  if (client === undefined || handle === undefined) throw new Error('nothing is open');
  return { client, handle };
}

function textOf({ parts }: Message): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

async function noteReady({ ready }: SessionHandle): Promise<void> {
  await ready;
  isReady = true;
}

function rows(): Row[] {
  const { handle: session } = opened();
  return session.view.path.map((message) => ({
    text: textOf(message),
    state: session.saved(message.id) ?? '',
  }));
}

window.app = {
  open({ url, token, session, principal, create, clockSpeed = 1 }) {
    const options: ClientOptions = {
      url,
      token,
      ...(principal !== undefined && { principal }),
      ...(clockSpeed !== 1 && { platform: { clock: fastClock(clockSpeed) } }),
    };
    client = createClient(options);
    handle = create === true ? client.create({ id: session }) : client.open(session);
    void noteReady(handle);
  },
  isReady: () => isReady,
  say(text, agent) {
    const sent = opened().handle.send(text, { agent: agent ?? null });
    const states = [sent.state as string];
    history[text] = states;
    sent.subscribe(() => void states.push(sent.state));
  },
  see() {
    const { status } = opened().handle;
    const { storage } = status;
    return {
      rows: rows(),
      connection: status.connection.name,
      storage: storage.state,
      why: 'why' in storage ? storage.why : '',
      unsent: status.unsent,
      notice: status.notice?.sentence ?? '',
      limits: opened().client.status.limits.map(({ code }) => code),
      isSignedOut: opened().client.status.isSignedOut,
      history,
    };
  },
  sessions: () => opened().client.library.entries.map(({ id }) => id),
  everything: () => [...opened().handle.view.messages].map(textOf).toSorted(),
  close: () => opened().client.close(),
  signOut: () => opened().client.signOut(),
};
