// The path of a view as an array, without copying it for every token. The array is
// written in place, and copied only when somebody reads it after a change. So a token
// costs one assignment, and a page that reads once per frame pays one copy per frame.

import type { Message } from './message.ts';
import type { Table } from './table.ts';

export class PathKeeper {
  #ids: readonly string[] = [];
  #index: ReadonlyMap<string, number> = new Map();
  #messages: Message[] = [];
  /** The copy that readers have, while nothing changed since it was made. */
  #shared: readonly Message[] | undefined;
  /** Rises with every change, so that a view knows whether the array is still its own time's. */
  #version = 0;

  /** Begins anew with another path. */
  reset(ids: readonly string[], messages: { get(id: string): Message | undefined }): void {
    this.#ids = ids;
    this.#index = new Map(ids.map((id, at) => [id, at]));
    this.#messages = resolve(ids, messages);
    this.#shared = undefined;
    this.#version++;
  }

  /** Puts the new value of a message into the path, if it is on it. */
  set(id: string, message: Message): void {
    const at = this.#index.get(id);
    if (at === undefined) return;
    this.#messages[at] = message;
    this.#shared = undefined;
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

  /** For all who read before the next change. A copy, because copying a frozen array back costs ten times as much. */
  #share(): readonly Message[] {
    this.#shared ??= Object.freeze(this.#messages.slice());
    return this.#shared;
  }
}

function resolve(
  ids: readonly string[],
  messages: { get(id: string): Message | undefined },
): Message[] {
  return ids.map((id) => messages.get(id)).filter((message) => message !== undefined);
}
