// The feeds of a session handle and of a client: one set each, however many components
// read them.

import { blankClientStatus, blankStatus, blankView, nobody } from './blank.ts';
import { Feed } from './feed.ts';
import type { Frames } from './frames.ts';
import type { ClientLike, SessionLike } from './client-like.ts';
import type { ClientStatus } from '../client/client-options.ts';
import type { LibraryEntry } from '../client/library/entry.ts';
import type { Person } from '../client/presence/person.ts';
import type { SessionStatus } from '../client/handle/status.ts';
import type { View } from '../session/view.ts';

export class SessionFeeds {
  readonly view: Feed<View>;
  readonly status: Feed<SessionStatus>;
  readonly others: Feed<readonly Person[]>;
  /** Rises whenever the state of something written changed. */
  readonly saved: Feed<number>;

  constructor(handle: SessionLike, frames: Frames) {
    this.view = new Feed(
      {
        // What an app says of its own types is for its eyes alone.
        read: () => handle.view as View,
        listen: (changed) => handle.subscribe(() => handle.view, changed),
      },
      frames,
      blankView,
    );
    this.status = new Feed(
      { read: () => handle.status, listen: (changed) => handle.subscribeStatus(changed) },
      frames,
      blankStatus,
    );
    this.others = new Feed<readonly Person[]>(
      {
        read: () => handle.presence.others,
        listen: (changed) => handle.presence.subscribe(changed),
      },
      frames,
      nobody,
    );
    let changes = 0;
    this.saved = new Feed(
      {
        read: () => changes,
        listen: (changed) => {
          // Nobody counted while nobody listened.
          changes++;
          return handle.subscribeSaved(() => {
            changes++;
            changed();
          });
        },
      },
      frames,
      0,
    );
  }
}

export class ClientFeeds {
  readonly status: Feed<ClientStatus>;
  readonly library: Feed<readonly LibraryEntry[]>;

  constructor(client: ClientLike, frames: Frames) {
    this.status = new Feed<ClientStatus>(
      { read: () => client.status, listen: (changed) => client.subscribeStatus(changed) },
      frames,
      blankClientStatus,
    );
    this.library = new Feed<readonly LibraryEntry[]>(
      {
        read: () => client.library.entries,
        listen: (changed) => client.library.subscribe(changed),
      },
      frames,
      nobody,
    );
  }
}
