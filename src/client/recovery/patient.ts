// An open session as its recovery sees it: what there is to be mended, and how.

import type { Right } from '../../protocol/token.ts';
import type { View } from '../../session/view.ts';
import type { Life } from '../handle/life.ts';
import type { Outbox } from '../handle/outbox.ts';
import type { Notice } from '../handle/status.ts';
import type { Platform } from '../platform.ts';
import type { Saved } from '../saved.ts';
import type { Loaded, LocalSession } from '../store/offline.ts';
import type { KeptDraft } from './kept.ts';

export interface Patient {
  readonly platform: Platform;
  readonly principal: string;
  readonly local: LocalSession;
  readonly saved: Saved;
  readonly outbox: Outbox;
  /** The document that counts. */
  readonly life: Life | undefined;
  readonly view: View;
  readonly rights: readonly Right[] | null;
  readonly kept: readonly KeptDraft[];
  /** Of what the document holds. */
  generation: string | undefined;
  /** How often what is stored was replaced. */
  resets: number;
  /** A document that is not shown yet, with a position to begin from. */
  newLife(position?: number): Life;
  connect(life: Life): void;
  /** From now on this document counts. */
  show(life: Life): void;
  /** Puts what was loaded into a document. */
  take(loaded: Loaded, life: Life): void;
  setKept(kept: readonly KeptDraft[]): void;
  tell(notice: Notice): void;
}
