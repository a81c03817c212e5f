// Reading a part of a feed in a component, which renders again only when that part is
// another value. What is selected keeps its identity while `same` calls it the same, so
// that it can be handed on to memoised components and effects.

import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Unsubscribe } from '../base/emitter.ts';
import type { Feed } from './feed.ts';

export type Same<Value> = (a: Value, b: Value) => boolean;

/**
 * For selectors that are one function for as long as they mean the same: the feed asks
 * them, and React hears only of what changed. So a thousand components that show other
 * things cost a frame a thousand look-ups and nothing of React.
 */
export function useSelection<Value, Selected>(
  feed: Feed<Value>,
  select: (value: Value) => Selected,
  same: Same<Selected> = Object.is,
): Selected {
  const read = useReader(feed, select, same);
  const subscribe = useCallback(
    (listener: () => void): Unsubscribe => {
      let told = read.now();
      return feed.subscribe(() => {
        const now = read.now();
        if (Object.is(now, told)) return;
        told = now;
        listener();
      });
    },
    [feed, read],
  );
  return useKept(read, useSyncExternalStore(subscribe, read.now, read.blank));
}

/** For selectors written in place, which are new functions with every render. */
export function useInlineSelection<Value, Selected>(
  feed: Feed<Value>,
  select: (value: Value) => Selected,
  same: Same<Selected> = Object.is,
): Selected {
  const read = useReader(feed, select, same);
  return useKept(read, useSyncExternalStore(feed.subscribe, read.now, read.blank));
}

/** All of a feed. */
export function useFeed<Value>(feed: Feed<Value>): Value {
  return useSyncExternalStore(feed.subscribe, feed.read, () => feed.blank);
}

interface Reader<Selected> {
  readonly now: () => Selected;
  readonly blank: () => Selected;
  /** What was shown last, in a ref, because only a committed render may write it. */
  readonly shown: { current: Shown<Selected> | undefined };
}

interface Shown<Selected> {
  readonly value: Selected;
}

function useReader<Value, Selected>(
  feed: Feed<Value>,
  select: (value: Value) => Selected,
  same: Same<Selected>,
): Reader<Selected> {
  const shown = useRef<Shown<Selected> | undefined>(undefined);
  return useMemo(() => {
    const reading = (read: () => Value): (() => Selected) => {
      let last: { readonly from: Value; readonly selected: Selected } | undefined;
      return () => {
        const from = read();
        if (last !== undefined && Object.is(last.from, from)) return last.selected;
        const next = select(from);
        const before = last === undefined ? shown.current : { value: last.selected };
        const selected = before !== undefined && same(before.value, next) ? before.value : next;
        last = { from, selected };
        return selected;
      };
    };
    return { now: reading(feed.read), blank: reading(() => feed.blank), shown };
  }, [feed, select, same]);
}

function useKept<Selected>({ shown }: Reader<Selected>, value: Selected): Selected {
  useEffect(() => {
    shown.current = { value };
  }, [shown, value]);
  return value;
}
