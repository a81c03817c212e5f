// Says that a new version of the app is ready, when nothing is unsent.

import { useEffect } from 'react';
import { useLibrary } from 'holdfast/react';
import { notes } from '../base/notes.tsx';
import { useStore } from '../base/store.ts';
import { strings } from '../strings.ts';
import { updates } from './updates.ts';

const NOTE = 'update';

export function useUpdateNote(): void {
  const state = useStore(updates.state);
  const { entries } = useLibrary();
  const isUnsent = entries.some((entry) => entry.unsent > 0);
  useEffect(() => {
    if (state !== 'ready') return;
    notes.show(
      isUnsent
        ? { id: NOTE, text: strings.update.waits }
        : {
            id: NOTE,
            text: strings.update.ready,
            action: { name: strings.update.use, run: () => updates.use() },
          },
    );
  }, [state, isUnsent]);
}
