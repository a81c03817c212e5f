// How many sessions a person wants to have on this device, to read them without a network. A
// client is told when it is made.

import { recall, remember } from '../base/remembered.ts';

export const offlineCounts = ['0', '20', '50', '200', '1000'] as const;

export type OfflineCount = (typeof offlineCounts)[number];

const KEY = 'holdfast:offline-sessions';
const usual: OfflineCount = '50';
const bytesEach = 2 * 1024 * 1024;

export function readCount(text: string | null): OfflineCount {
  return offlineCounts.find((count) => count === text) ?? usual;
}

export const offlineCount = (): OfflineCount => readCount(recall(KEY));

export const setOfflineCount = (count: OfflineCount): void => remember(KEY, count);

/** As the client takes it. */
export function keepOffline(count: OfflineCount): false | { sessions: number; bytes: number } {
  const sessions = Number(count);
  return sessions === 0 ? false : { sessions, bytes: sessions * bytesEach };
}
