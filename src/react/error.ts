// What a hook throws where it stands in the wrong place: a mistake in the app, which it
// should see at once, and the only errors that hooks throw. All that can go wrong with a
// session is in its status.

import { HoldfastError } from '../base/error.ts';

export type ReactErrorCode = 'no-provider' | 'no-session';

export class ReactError extends HoldfastError<ReactErrorCode> {
  override readonly name = 'ReactError';
}
