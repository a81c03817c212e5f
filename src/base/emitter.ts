// Typed events inside one process. A listener that throws must not stop the
// others, nor the code that emits (a throw inside a Yjs update handler mutes that
// document for good): its error is handed to the platform's reporter on a later
// turn, where it is loud and harmless.

/** Stops listening. Calling it again does nothing. */
export type Unsubscribe = () => void;

export interface Emitter<Value> {
  /** Whether anybody listens: what is costly to make need not be made for nobody. */
  readonly heard: boolean;
  subscribe(listener: (value: Value) => void): Unsubscribe;
  /** Calls every listener that was subscribed before this call, in order. Never throws. */
  emit(value: Value): void;
}

export function createEmitter<Value>(
  report: (error: unknown) => void = reportUncaught,
): Emitter<Value> {
  let listeners: readonly ((value: Value) => void)[] = [];
  return {
    get heard() {
      return listeners.length > 0;
    },
    subscribe(listener) {
      const own = (value: Value): void => listener(value);
      listeners = [...listeners, own];
      return () => {
        listeners = listeners.filter((other) => other !== own);
      };
    },
    emit(value) {
      for (const listener of listeners) {
        try {
          listener(value);
        } catch (error) {
          report(error);
        }
      }
    },
  };
}

/** Rethrows on a microtask: an `uncaughtException` in Node, an `error` event in a page. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
