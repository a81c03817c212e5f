// What tells a connection that the world around it changed: the network came or went, the
// device woke up, the page was shown again. Browsers guess here, and `navigator.onLine` lies
// in both directions, so a signal only ever makes an attempt or a check come sooner or later;
// nothing that works is ended by one.

import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';

export type WakeSignal =
  | 'online'
  | 'offline'
  | 'visible'
  /** The page goes on after it stood still, its sockets with it only by name. */
  | 'page-restored'
  /** The page is about to be stopped where it stands. */
  | 'frozen';

export interface WakeSource {
  /** Whether there may be a network. */
  readonly isOnline: boolean;
  subscribe(listener: (signal: WakeSignal) => void): Unsubscribe;
}

/** The part of a browser's global that tells such things; in a worker or in Node it is smaller. */
export interface WakeScope {
  readonly navigator?: { readonly onLine?: boolean };
  readonly document?: EventTarget & { readonly visibilityState?: string };
  addEventListener?(type: string, listener: (event: Event) => void): void;
  removeEventListener?(type: string, listener: (event: Event) => void): void;
}

/** Listens to a browser's global while somebody listens to it. Where there is no such thing, it is silent. */
export function browserWake(scope: WakeScope): WakeSource {
  return {
    get isOnline() {
      return scope.navigator?.onLine !== false;
    },
    subscribe(listener) {
      const { document } = scope;
      const online = (): void => listener('online');
      const offline = (): void => listener('offline');
      const frozen = (): void => listener('frozen');
      const resumed = (): void => listener('page-restored');
      const shown = (event: Event): void => {
        if ('persisted' in event && event.persisted === true) listener('page-restored');
      };
      const visible = (): void => {
        if (document?.visibilityState === 'visible') listener('visible');
      };
      const heard = [
        ['online', online],
        ['offline', offline],
        ['pageshow', shown],
      ] as const;
      const inDocument = [
        ['visibilitychange', visible],
        ['freeze', frozen],
        ['resume', resumed],
      ] as const;
      for (const [type, hear] of heard) scope.addEventListener?.(type, hear);
      for (const [type, hear] of inDocument) document?.addEventListener(type, hear);
      return () => {
        for (const [type, hear] of heard) scope.removeEventListener?.(type, hear);
        for (const [type, hear] of inDocument) document?.removeEventListener(type, hear);
      };
    },
  };
}

export interface ManualWake extends WakeSource {
  signal(signal: WakeSignal): void;
}

/** Tells what it is told, for tests and simulated worlds. Begins online. */
export function manualWake(): ManualWake {
  const emitter = createEmitter<WakeSignal>();
  let isOnline = true;
  return {
    get isOnline() {
      return isOnline;
    },
    subscribe: (listener) => emitter.subscribe(listener),
    signal(signal) {
      if (signal === 'online') isOnline = true;
      if (signal === 'offline') isOnline = false;
      emitter.emit(signal);
    },
  };
}
