// The messages on the shown path, cut so that a token reaches one component: the list knows
// ids, a message knows which parts it has, and only a part knows its words.

import { useCallback, useMemo } from 'react';
import type { SessionLike } from './client-like.ts';
import { useSessionFeeds } from './provider.ts';
import { useDerived, usePicked } from './selection.ts';
import type { Message, MessageHead } from '../session/message.ts';
import type { Part, PartType } from '../session/part.ts';
import { siblingsOf, type Tree } from '../session/tree.ts';
import type { View } from '../session/view.ts';

/** A message without its words: another object only when something else than words changed. */
export interface MessageOutline extends MessageHead {
  readonly parts: readonly PartOutline[];
  readonly deleted: boolean;
  /** True for a reply that nothing was written of yet. */
  readonly expected: boolean;
}

export interface PartOutline {
  readonly id: string;
  readonly type: PartType;
}

/** The ids of the shown path, in order. The same array while no message comes, goes or is exchanged. */
export function useMessages(session?: SessionLike): readonly string[] {
  return usePicked(useSessionFeeds(session).feeds.view, pathIds, sameList);
}

/** Undefined while no such message is there. */
export function useMessage(id: string, session?: SessionLike): MessageOutline | undefined {
  const { view } = useSessionFeeds(session).feeds;
  const pick = useCallback((from: View) => from.messages.get(id), [id]);
  return useDerived(view, pick, outlineOf, sameOutline);
}

/** One part, with its words as they grow. */
export function usePart(message: string, index: number, session?: SessionLike): Part | undefined {
  const { view } = useSessionFeeds(session).feeds;
  const pick = useCallback(
    (from: View) => from.messages.get(message)?.parts[index],
    [message, index],
  );
  return usePicked(view, pick);
}

/** The places at which a message could be exchanged for another: "2 / 3". */
export interface Branches {
  /** The messages to choose from, oldest first, this one among them. */
  readonly ids: readonly string[];
  /** Where this one stands, from 0. */
  readonly index: number;
  readonly count: number;
  /** Shows the one at this place; nothing happens where there is none. */
  readonly choose: (index: number) => void;
}

export function useBranches(message: string, session?: SessionLike): Branches {
  const { handle, feeds } = useSessionFeeds(session);
  const derive = useCallback((tree: Tree) => siblingsOf(tree, message), [message]);
  const ids = useDerived(feeds.view, treeOf, derive, sameList);
  return useMemo(
    () => ({
      ids,
      index: ids.indexOf(message),
      count: ids.length,
      choose(index) {
        const chosen = ids[index];
        if (chosen !== undefined) handle.choose(chosen);
      },
    }),
    [handle, ids, message],
  );
}

const treeOf = (view: View): Tree => view.tree;

const paths = new WeakMap<Tree, readonly string[]>();

/** A path has other ids only when its tree is another one, so a token does not walk it. */
function pathIds(view: View): readonly string[] {
  const known = paths.get(view.tree);
  if (known !== undefined) return known;
  const ids = Object.freeze(view.path.map(({ id }) => id));
  paths.set(view.tree, ids);
  return ids;
}

function outlineOf(message: Message | undefined): MessageOutline | undefined {
  if (message === undefined) return undefined;
  const parts = Object.freeze(message.parts.map(({ id, type }) => Object.freeze({ id, type })));
  return Object.freeze({ ...message, parts });
}

function sameOutline(a: MessageOutline | undefined, b: MessageOutline | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameBut(a, b, 'parts') && sameParts(a.parts, b.parts);
}

function sameBut<Shape extends object>(a: Shape, b: Shape, except: string): boolean {
  const others = new Map(Object.entries(b));
  const entries = Object.entries(a);
  return (
    entries.length === others.size &&
    entries.every(([key, value]) => key === except || Object.is(value, others.get(key)))
  );
}

function sameParts(a: readonly PartOutline[], b: readonly PartOutline[]): boolean {
  return a.length === b.length && a.every((part, at) => isSamePart(part, b[at]));
}

const isSamePart = (a: PartOutline, b: PartOutline | undefined): boolean =>
  a.id === b?.id && a.type === b.type;

export function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((one, at) => Object.is(one, b[at]));
}
