// What the person sees of the app from outside: the title of the page, the badge of the installed
// app, and a notification when a reply ends while nobody looks.

import { useEffect, useRef } from 'react';
import type { LibraryEntry } from 'holdfast';
import { useLibrary } from 'holdfast/react';
import { useLocation } from 'wouter';
import { recall, remember } from '../base/remembered.ts';
import { notes } from '../base/notes.tsx';
import { isVisible } from '../base/page-state.ts';
import { Store } from '../base/store.ts';
import { strings } from '../strings.ts';
import { nameOf } from './groups.ts';
import { endedBetween, type NotifyWish, readWish, titleOf } from './news.ts';

const KEY = 'holdfast:notify';

export const notifyWish = new Store<NotifyWish>(readWish(recall(KEY)));

/** Asks the browser, which asks the person. Whether it may notify now. */
export async function wishNotify(isOn: boolean): Promise<boolean> {
  const isGranted = isOn && (await Notification.requestPermission()) === 'granted';
  const wish = isGranted ? 'on' : 'off';
  remember(KEY, wish);
  notifyWish.set(wish);
  return isGranted;
}

export function useAttention(): void {
  const { entries } = useLibrary();
  const [path] = useLocation();
  const before = useRef(entries);
  useEffect(() => {
    const here = entries.find((entry) => path.startsWith(`/s/${entry.id}`));
    const unread = entries.filter((entry) => entry.unread && !entry.archived && entry !== here);
    document.title = titleOf(unread.length, here === undefined ? undefined : nameOf(here));
    void badge(unread.length);
  }, [entries, path]);
  useEffect(() => {
    const ended = endedBetween(before.current, entries);
    before.current = entries;
    if (isVisible.get()) return;
    for (const entry of ended) void tell(entry);
  }, [entries]);
}

async function badge(count: number): Promise<void> {
  try {
    if (count === 0) await navigator.clearAppBadge?.();
    else await navigator.setAppBadge?.(count);
  } catch {
    // It is not installed, and has no badge.
  }
}

async function tell(entry: LibraryEntry): Promise<void> {
  if (notifyWish.get() === 'unasked') return offer();
  if (notifyWish.get() !== 'on' || Notification.permission !== 'granted') return;
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.showNotification(nameOf(entry), {
    body: strings.notify.ended,
    tag: entry.id,
    icon: '/icon.svg',
    data: { path: `/s/${entry.id}` },
  });
}

/** Asked for the first time that it would have been useful, and once. */
function offer(): void {
  if (!('Notification' in globalThis) || Notification.permission === 'denied') return;
  notes.show({
    id: 'offer-notify',
    text: strings.notify.offer,
    action: { name: strings.notify.yes, run: () => void wishNotify(true) },
  });
}
