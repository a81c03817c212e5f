// Who is here right now, and what this device says of itself. Nothing of it is ever in the
// document. What is set leaves at once, then at most every 100 ms, the last word last; a
// typing mark that is not renewed goes by itself, because whoever closes the lid never says so.

import type { Awareness } from 'y-protocols/awareness';
import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import { isJson, type JsonObject } from '../../base/json.ts';
import { limits } from '../../protocol/limits.ts';
import { clientError } from '../error.ts';
import { peopleOf, type Person, type PresentDevice, readDevice } from './person.ts';

/** What a device says of itself. What is left out stays as it is, null takes it back. */
export interface PresenceFields {
  readonly typing?: boolean;
  /** The last message that is shown here. */
  readonly read?: string | null;
  /** `#rrggbb`. */
  readonly colour?: string | null;
  /** Anything of the app's own, small. */
  readonly fields?: JsonObject | null;
}

export interface Presence {
  /** Everybody but this principal. The same object while nothing changes. */
  readonly others: readonly Person[];
  /** This principal with all its devices, once the server has seen one; null before. */
  readonly self: Person | null;
  set(fields: PresenceFields): void;
  subscribe(listener: () => void): Unsubscribe;
}

const presenceLimits = {
  sendMs: 100,
  typingMsMax: 8_000,
  devicesMax: 1_000,
} as const;

export class AwarenessPresence implements Presence {
  #principal: () => string | null;
  #clock: Clock;
  #awareness: Awareness | undefined;
  #said: JsonObject = {};
  #others: readonly Person[] = [];
  #self: Person | null = null;
  #shown = '';
  #changed = createEmitter<void>();
  #stopWait: (() => void) | undefined;
  #isDue = false;
  #stopTyping: (() => void) | undefined;
  #isClosed = false;

  constructor(clock: Clock, principal: () => string | null) {
    this.#clock = clock;
    this.#principal = principal;
  }

  get others(): readonly Person[] {
    return this.#others;
  }

  get self(): Person | null {
    return this.#self;
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#changed.subscribe(listener);
  }

  set(fields: PresenceFields): void {
    if (this.#isClosed) throw clientError('closed', 'This session was closed; open it again.');
    const said = { ...this.#said, ...fields };
    const text = JSON.stringify(said);
    const isFit = isJson(said, { depthMax: limits.jsonDepthMax, nodesMax: limits.jsonNodesMax });
    // Beside it the server stamps who it is.
    if (!isFit || new TextEncoder().encode(text).length > limits.awarenessStateBytesMax / 2) {
      throw clientError('bad-input', 'What is said of presence is plain JSON and at most 2 KiB.');
    }
    this.#said = said;
    if (fields.typing !== undefined) this.#watchTyping(fields.typing);
    this.#isDue = true;
    this.#send();
  }

  /** Goes on over another document. */
  attach(awareness: Awareness): void {
    this.#awareness?.off('change', this.#read);
    this.#awareness = awareness;
    awareness.on('change', this.#read);
    // Also where nothing was said: peers pass over the first state of all, whose clock is 0.
    awareness.setLocalState({ ...this.#said });
    this.#read();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopWait?.();
    this.#stopTyping?.();
    this.#awareness?.off('change', this.#read);
    this.#awareness = undefined;
    this.#show([], null);
  }

  #send(): void {
    if (!this.#isDue || this.#stopWait !== undefined) return;
    this.#isDue = false;
    this.#awareness?.setLocalState({ ...this.#said });
    this.#stopWait = this.#clock.after(presenceLimits.sendMs, () => {
      this.#stopWait = undefined;
      this.#send();
    });
  }

  #watchTyping(isTyping: boolean): void {
    this.#stopTyping?.();
    this.#stopTyping = isTyping
      ? this.#clock.after(presenceLimits.typingMsMax, () => this.set({ typing: false }))
      : undefined;
  }

  #read = (): void => {
    const devices: PresentDevice[] = [];
    for (const [client, state] of this.#awareness?.getStates() ?? []) {
      if (devices.length >= presenceLimits.devicesMax) break;
      const device = readDevice(client, state);
      if (device !== undefined) devices.push(device);
    }
    const people = peopleOf(devices);
    const own = this.#principal();
    this.#show(
      people.filter(({ principal }) => principal !== own),
      people.find(({ principal }) => principal === own) ?? null,
    );
  };

  #show(others: readonly Person[], self: Person | null): void {
    const shown = JSON.stringify([others, self]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#others = Object.freeze(others);
    this.#self = self;
    this.#changed.emit();
  }
}
