// What a person has to know of the session that they look at, as one true sentence and one thing
// to do about it; nothing while all is well. What threatens words comes before what delays them.

import type { SessionStatus } from 'holdfast';
import { strings } from '../strings.ts';

export type BannerAction = 'sign-in' | 'retry' | 'storage' | 'fork' | 'dismiss';

export interface Banner {
  readonly tone: 'danger' | 'attention' | 'calm';
  readonly text: string;
  readonly action: { readonly does: BannerAction; readonly name: string } | null;
}

const words = strings.banner;

const actions: Readonly<Record<BannerAction, string>> = {
  'sign-in': words.signInAction,
  retry: words.tryNow,
  storage: words.storageAction,
  fork: words.forkAction,
  dismiss: words.dismiss,
};

/** `isOnline`: what the browser believes. `now`: for when it is tried again. */
export function bannerOf(status: SessionStatus, isOnline: boolean, now: number): Banner | null {
  const { connection, storage, notice, unsent, readOnly } = status;
  if (notice?.code === 'token' || isRefusedToken(connection)) {
    return banner('danger', words.signIn, 'sign-in');
  }
  if (storage.state === 'failed') {
    return banner('danger', words.storageFailed(storage.why), 'storage');
  }
  if (notice !== null) {
    return banner('attention', notice.sentence, 'dismiss');
  }
  if (connection.name === 'refused') return banner('danger', connection.reason.sentence, 'retry');
  if (!isOnline || (connection.name === 'offline' && connection.why === 'no-network')) {
    const text = unsent === 0 ? words.offline : words.offlineUnsent(unsent);
    return banner('attention', text, null);
  }
  if (connection.name === 'connecting' && connection.attempt > 1) {
    return banner('attention', reconnecting(connection.retryAt, unsent, now), 'retry');
  }
  if (readOnly) return banner('calm', words.readOnly, 'fork');
  return null;
}

function reconnecting(retryAt: number | null, unsent: number, now: number): string {
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1_000);
  const when = seconds > 0 ? words.reconnecting(seconds) : words.reconnectingNow;
  return unsent === 0 ? when : when + words.unsent(unsent);
}

const isRefusedToken = (connection: SessionStatus['connection']): boolean =>
  connection.name === 'refused' && connection.reason.code === 'token';

const banner = (tone: Banner['tone'], text: string, does: BannerAction | null): Banner => ({
  tone,
  text,
  action: does === null ? null : { does, name: actions[does] },
});
