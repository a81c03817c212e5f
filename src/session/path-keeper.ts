// The path of a view as an array, without copying it for every token. The array is
// written in place until somebody reads it; from then on it belongs to that reader
// and the next change begins with a copy. So a token costs one assignment, and a
// page that reads once per frame pays one copy per frame.

import type { Message } from './message.ts';
import type { Table } from './table.ts';

export class PathKeeper {
  #ids: readonly string[] = [];
  #index: ReadonlyMap<string, number> = new Map();
  #messages: Message[] = [];
  /** Whether a reader has the array. */
  #shared = false;
  /** Rises with every change, so that a view knows whether the array is still its own time's. */
  #version = 0;

  /** Begins anew with another path. */
  reset(ids: readonly string[], messages: { get(id: string): Message | undefined }): void {
    this.#ids = ids;
    this.#index = new Map(ids.map((id, at) => [id, at]));
    this.#messages = resolve(ids, messages);
    this.#shared = false;
    this.#version++;
  }

  /** Puts the new value of a message into the path, if it is on it. */
  set(id: string, message: Message): void {
    const at = this.#index.get(id);
    if (at === undefined) return;
    if (this.#shared) this.#messages = this.#messages.slice();
    this.#shared = false;
    this.#messages[at] = message;
    this.#version++;
  }

  /** A function that gives the path as it is now, whenever it is called, always the same array. */
  snapshot(messages: Table<Message>): () => readonly Message[] {
    const version = this.#version;
    const ids = this.#ids;
    let path: readonly Message[] | undefined;
    return () => {
      path ??= this.#version === version ? this.#share() : Object.freeze(resolve(ids, messages));
      return path;
    };
  }

  /** From now on it belongs to readers as well. */
  #share(): readonly Message[] {
    this.#shared = true;
    return Object.freeze(this.#messages);
  }
}

function resolve(
  ids: readonly string[],
  messages: { get(id: string): Message | undefined },
): Message[] {
  return ids.map((id) => messages.get(id)).filter((message) => message !== undefined);
}
