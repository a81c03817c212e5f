// A long session and an agent that streams into it from a document of its own, as a peer
// does: each token is an update of its own. It runs in a page too.

import * as Y from 'yjs';
import { systemClock } from '../../src/base/clock.ts';
import { Bookkeeper } from '../../src/session/bookkeeper.ts';
import { createSession, openSession, type Session } from '../../src/session/session.ts';

/** A session with so many prompts, of which nobody was asked anything. */
export function longSession(messages: number, id = 'a-session-of-some-length'): Session {
  const session = createSession({ principal: 'ada', id, agent: 'writer', title: 'Long' });
  for (let at = 0; at < messages; at++) {
    session.send(`Message ${at}: what was said here.`, { agent: null });
  }
  return session;
}

/** The reply to one more prompt, as its writer holds it. */
export class Streamed {
  readonly message: string;
  readonly run: string;
  text = '';
  #append: (token: string) => void;
  #end: () => void;

  constructor(viewer: Session) {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(viewer.doc));
    const agent = openSession(doc, { principal: 'writer-1', id: viewer.id });
    const { run, reply } = agent.send('Tell me a long story.');
    if (run === null || reply === null) throw new Error('nobody was asked');
    const books = new Bookkeeper(agent);
    books.claim(run, agent.principal);
    doc.on('update', (update: Uint8Array) => Y.applyUpdate(viewer.doc, update));
    Y.applyUpdate(viewer.doc, Y.encodeStateAsUpdate(doc));
    const writer = agent.begin(run);
    const part = writer.text();
    this.message = reply;
    this.run = run;
    this.#append = (token) => {
      part.append(token);
      writer.flush();
    };
    this.#end = () => {
      writer.end();
      books.obey(agent.principal, { do: 'complete', run, epoch: 1 });
    };
  }

  append(token: string): void {
    this.text += token;
    this.#append(token);
  }

  end(): void {
    this.#end();
  }

  /** Streams so many tokens at an even rate, and resolves after the last. */
  stream(tokens: number, perSecond: number): Promise<void> {
    const begun = systemClock.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    let sent = 0;
    const send = (): void => {
      const due = Math.ceil(((systemClock.now() - begun) / 1_000) * perSecond);
      for (; sent < Math.min(due, tokens); sent++) this.append(` word${sent}`);
      if (sent === tokens) resolve();
      else systemClock.after(1, send);
    };
    send();
    return promise;
  }
}
