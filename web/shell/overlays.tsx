// Whatever stands over the page now.

import type { ReactElement } from 'react';
import { useStore } from '../base/store.ts';
import { overlay } from './overlay.ts';
import { Palette } from './palette.tsx';
import { PhoneDialog } from './phone-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

export function Overlays(): ReactElement | null {
  const now = useStore(overlay);
  switch (now?.kind) {
    case undefined:
      return null;
    case 'palette':
      return <Palette />;
    case 'shortcuts':
      return <ShortcutsDialog />;
    case 'phone':
      return <PhoneDialog />;
    case 'share':
      return <ShareDialog session={now.session} />;
    case 'rename':
      return <RenameDialog session={now.session} title={now.title} />;
  }
}
