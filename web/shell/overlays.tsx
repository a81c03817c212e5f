// Whatever stands over the page now.

import { lazy, type ReactElement, Suspense } from 'react';
import { FailureBoundary } from '../base/failure.tsx';
import { useStore } from '../base/store.ts';
import { type Overlay, overlay } from './overlay.ts';

// None of them is needed to begin with; the service worker has them for when they are.
const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const PhoneDialog = lazy(async () => ({
  default: (await import('./phone-dialog.tsx')).PhoneDialog,
}));
const RenameDialog = lazy(async () => ({
  default: (await import('./rename-dialog.tsx')).RenameDialog,
}));
const ShareDialog = lazy(async () => ({
  default: (await import('./share-dialog.tsx')).ShareDialog,
}));
const ShortcutsDialog = lazy(async () => ({
  default: (await import('./shortcuts-dialog.tsx')).ShortcutsDialog,
}));

export function Overlays(): ReactElement | null {
  const now = useStore(overlay);
  if (now === null) return null;
  return (
    <FailureBoundary where="a dialog">
      <Suspense>
        <Over now={now} />
      </Suspense>
    </FailureBoundary>
  );
}

function Over({ now }: { readonly now: Overlay }): ReactElement {
  switch (now.kind) {
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
