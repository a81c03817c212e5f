// How the tabs of one principal hear each other: a channel that gives every message to all others and
// to nobody else, in the order in which each of them posted. It may lose everything (there is none
// everywhere) and is never trusted. Not y-websocket's own: that has no user in its name, and what
// arrives by it is never sent to a server.

import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';

export interface TabChannel {
  /** Any value that can be cloned. Never throws. */
  post(message: unknown): void;
  subscribe(listener: (message: unknown) => void): Unsubscribe;
  close(): void;
}

/** Makes the channel of this name for this tab. */
export type MakeTabChannel = (name: string) => TabChannel;

/** What is used of a BroadcastChannel. */
interface BroadcastPort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
  /** In Node, where an open channel would keep the process alive. */
  unref?(): void;
}

/** The browser's; a channel that leads nowhere where it has none. */
export function browserTabs(scope: {
  readonly BroadcastChannel?: (new (name: string) => BroadcastPort) | undefined;
}): MakeTabChannel {
  return (name) => {
    const messages = createEmitter<unknown>();
    const port = openPort(scope.BroadcastChannel, name);
    port?.addEventListener('message', ({ data }) => messages.emit(data));
    return {
      post: (message) => {
        try {
          port?.postMessage(message);
        } catch {
          // Closed, or the tab is going away: it is as if nobody was there.
        }
      },
      subscribe: (listener) => messages.subscribe(listener),
      close: () => port?.close(),
    };
  };
}

function openPort(
  Channel: (new (name: string) => BroadcastPort) | undefined,
  name: string,
): BroadcastPort | undefined {
  if (Channel === undefined) return undefined;
  try {
    const port = new Channel(name);
    port.unref?.();
    return port;
  } catch {
    // A sandboxed frame has the constructor and may not use it.
    return undefined;
  }
}

/** Tabs in one place, for tests. `deliver` says when one of them gets a message; at once by default. */
export function memoryTabs(
  deliver: (give: () => void) => void = (give) => queueMicrotask(give),
): MakeTabChannel {
  const rooms = new Map<string, Set<(message: unknown) => void>>();
  return (name) => {
    const room = rooms.get(name) ?? new Set();
    rooms.set(name, room);
    const messages = createEmitter<unknown>();
    const take = (message: unknown): void => {
      if (room.has(take)) messages.emit(message);
    };
    room.add(take);
    return {
      post: (message) => {
        if (!room.has(take)) return;
        const copy = structuredClone(message);
        for (const other of room) if (other !== take) deliver(() => other(copy));
      },
      subscribe: (listener) => messages.subscribe(listener),
      close: () => void room.delete(take),
    };
  };
}
