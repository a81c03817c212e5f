// Files that are pasted, dropped or picked, on their way into the composer, with what is shown of
// those that are pictures.

import type { Attachment } from 'holdfast';
import type { NamedFile } from 'holdfast/react';
import { useCallback, useEffect, useState } from 'react';
import { useStore } from '../base/store.ts';
import { useTalk } from './talk.ts';

const pictures = /^image\/(png|jpeg|gif|webp|avif)$/;

export interface UsedFiles {
  readonly previews: ReadonlyMap<string, Blob>;
  readonly add: (files: readonly NamedFile[]) => void;
}

export function useFiles(attach: (file: NamedFile) => Attachment): UsedFiles {
  const [previews, setPreviews] = useState<ReadonlyMap<string, Blob>>(new Map());
  const add = useCallback(
    (files: readonly NamedFile[]) => {
      const made = files.map((file) => [attach(file).id, file] as const);
      const shown = made.filter(([, file]) => pictures.test(file.type));
      if (shown.length > 0) setPreviews((before) => new Map([...before, ...shown]));
    },
    [attach],
  );
  const { dropped } = useTalk();
  const waiting = useStore(dropped);
  useEffect(() => {
    if (waiting.length === 0) return;
    dropped.set([]);
    add(waiting);
  }, [dropped, waiting, add]);
  return { previews, add };
}
