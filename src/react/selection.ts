// Reading a part of a feed in a component, which renders again only when that part is
// another value. Reading has two steps: `pick` looks up an object that is shared for as
// long as nothing in it changed, which costs next to nothing; only where that is another
// object, `derive` makes of it what the component wants to know. What was derived keeps
// its identity while `same` calls it the same, so that it can be handed on to memoised
// components and effects.

import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Unsubscribe } from '../base/emitter.ts';
import type { Feed } from './feed.ts';

export type Same<Value> = (a: Value, b: Value) => boolean;

const itself = <Value>(value: Value): Value => value;

/**
 * Both steps are functions that stay the same for as long as they mean the same. The feed
 * asks them, and React hears only of what changed: a thousand components that show other
 * things cost a frame a thousand look-ups, and nothing of React.
 */
export function useDerived<Value, Picked, Selected>(
  feed: Feed<Value>,
  pick: (value: Value) => Picked,
  derive: (picked: Picked) => Selected,
  same: Same<Selected> = Object.is,
): Selected {
  const reader = useReader(feed, pick, derive, same);
  const subscribe = useCallback(
    (listener: () => void): Unsubscribe => {
      let told = reader.now();
      return feed.subscribe(() => {
        const now = reader.now();
        if (Object.is(now, told)) return;
        told = now;
        listener();
      });
    },
    [feed, reader],
  );
  return useKept(reader, useSyncExternalStore(subscribe, reader.now, reader.blank));
}

/** What is picked, as it is. */
export function usePicked<Value, Picked>(
  feed: Feed<Value>,
  pick: (value: Value) => Picked,
  same?: Same<Picked>,
): Picked {
  return useDerived(feed, pick, itself, same);
}

/** For selectors written in place, which are new functions with every render. */
export function useInline<Value, Selected>(
  feed: Feed<Value>,
  select: (value: Value) => Selected,
  same: Same<Selected> = Object.is,
): Selected {
  const reader = useReader(feed, itself, select, same);
  return useKept(reader, useSyncExternalStore(feed.subscribe, reader.now, reader.blank));
}

/** All of a feed. */
export function useFeed<Value>(feed: Feed<Value>): Value {
  return useSyncExternalStore(feed.subscribe, feed.read, () => feed.blank);
}

interface Reader<Selected> {
  readonly now: () => Selected;
  readonly blank: () => Selected;
  /** What was shown last, in a ref, because only a committed render may write it. */
  readonly shown: { current: { readonly value: Selected } | undefined };
}

function useReader<Value, Picked, Selected>(
  feed: Feed<Value>,
  pick: (value: Value) => Picked,
  derive: (picked: Picked) => Selected,
  same: Same<Selected>,
): Reader<Selected> {
  const shown: Reader<Selected>['shown'] = useRef(undefined);
  return useMemo(() => {
    let last: { readonly picked: Picked; readonly value: Selected } | undefined;
    const kept = (picked: Picked): Selected => {
      if (last !== undefined && Object.is(last.picked, picked)) return last.value;
      const next = derive(picked);
      const before = last ?? shown.current;
      const value = before !== undefined && same(before.value, next) ? before.value : next;
      last = { picked, value };
      return value;
    };
    let first: { readonly value: Selected } | undefined;
    const blank = (): Selected => {
      first ??= { value: derive(pick(feed.blank)) };
      return first.value;
    };
    return { now: () => kept(pick(feed.read())), blank, shown };
  }, [feed, pick, derive, same]);
}

function useKept<Selected>({ shown }: Reader<Selected>, value: Selected): Selected {
  useEffect(() => {
    shown.current = { value };
  }, [shown, value]);
  return value;
}
