// Who looks at a session goes on looking when its document is another one. Subscriptions are
// made here, once, and fed from whatever session counts at the moment.

import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import type { PartDelta } from '../../session/message-list.ts';
import type { Part } from '../../session/part.ts';
import type { Session } from '../../session/session.ts';
import type { View } from '../../session/view.ts';

export class Viewing {
  #view: View;
  #session: Session | undefined;
  #changed = createEmitter<View>();
  #deltas = createEmitter<PartDelta>();
  #stopView: Unsubscribe | undefined;
  #stopDeltas: Unsubscribe | undefined;

  /** `empty`: what is seen until there is something. */
  constructor(empty: View) {
    this.#view = empty;
  }

  get view(): View {
    return this.#session?.view ?? this.#view;
  }

  /** From now on this is the session. Tells what is another than before. */
  show(session: Session): void {
    const before = this.view;
    this.#stopView?.();
    this.#stopDeltas?.();
    this.#stopDeltas = undefined;
    this.#session = session;
    this.#view = session.view;
    this.#stopView = session.subscribe(same, (view) => {
      this.#view = view;
      this.#changed.emit(view);
    });
    this.#follow();
    if (this.#deltas.heard) {
      for (const delta of deltasBetween(before, session.view)) this.#deltas.emit(delta);
    }
    this.#changed.emit(session.view);
  }

  subscribe<Selected>(
    selector: (view: View) => Selected,
    listener: (selected: Selected) => void,
    isSame: (a: Selected, b: Selected) => boolean = Object.is,
  ): Unsubscribe {
    let last = selector(this.view);
    return this.#changed.subscribe(() => {
      const now = selector(this.view);
      if (isSame(last, now)) return;
      last = now;
      listener(now);
    });
  }

  follow(listener: (delta: PartDelta) => void): Unsubscribe {
    const stop = this.#deltas.subscribe(listener);
    this.#follow();
    return () => {
      stop();
      if (this.#deltas.heard) return;
      this.#stopDeltas?.();
      this.#stopDeltas = undefined;
    };
  }

  /** Deltas are made for whoever follows, so nobody is made to follow for nobody. */
  #follow(): void {
    if (!this.#deltas.heard || this.#stopDeltas !== undefined) return;
    this.#stopDeltas = this.#session?.follow((delta) => this.#deltas.emit(delta));
  }

  /** Nothing is told any more; the last view stays. */
  close(): void {
    this.#view = this.view;
    this.#session = undefined;
    this.#stopView?.();
    this.#stopDeltas?.();
  }
}

const same = (view: View): View => view;

/** What somebody has to be told who put together the words of one view and now sees another. */
function deltasBetween(before: View, after: View): readonly PartDelta[] {
  const deltas: PartDelta[] = [];
  for (const message of after.messages) {
    const known = before.messages.get(message.id);
    for (const part of message.parts) {
      const text = wordsIn(part);
      const old = wordsIn(known?.parts.find(({ id }) => id === part.id));
      if (text === undefined || text === old) continue;
      const delta = old === undefined || old === '' ? { append: text } : { replace: text };
      deltas.push({ message: message.id, part: part.id, delta });
    }
  }
  return deltas;
}

const wordsIn = (part: Part | undefined): string | undefined =>
  part?.type === 'text' || part?.type === 'reasoning' ? part.text : undefined;
