// A file in a message. Its bytes come from this device first and from our own server else. A
// picture that a person sent is shown; one that an agent made is shown when it is asked for.

import type { FilePart } from 'holdfast';
import { Download, FileText } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import { Button, IconButton } from '../base/button.tsx';
import { fileName, saveFile } from '../base/save-file.ts';
import { sizeOf } from '../base/time.ts';
import styles from './part.module.css';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

/** Kinds of picture that run nothing. */
const pictures = /^image\/(png|jpeg|gif|webp|avif)$/;
const shownBytesMax = 12 * 1024 * 1024;

export function FileView({
  part,
  isOwn,
}: {
  readonly part: FilePart;
  readonly isOwn: boolean;
}): ReactElement {
  const { session } = useTalk();
  const { hash, mediaType, size, name = words.file } = part;
  const isPicture = pictures.test(mediaType) && size <= shownBytesMax;
  const [isAsked, ask] = useState(isOwn);
  const { url, isMissing } = usePicture(isPicture && isAsked ? hash : undefined, mediaType);
  const save = async (): Promise<void> => {
    saveFile(await session.file(hash), fileName(name.replace(/\.\w+$/, ''), extensionOf(name)));
  };
  return (
    <figure className={styles['file']}>
      {url !== undefined && <img src={url} alt={name} />}
      {isPicture && !isAsked && <Button onClick={() => ask(true)}>{words.showImage}</Button>}
      <figcaption className={styles['caption']}>
        <FileText size={16} aria-hidden />
        <span dir="auto">{name}</span>
        <small>{isMissing ? words.fileMissing : sizeOf(size)}</small>
        <IconButton label={words.saveFile(name)} onClick={() => void save().catch(() => undefined)}>
          <Download size={16} aria-hidden />
        </IconButton>
      </figcaption>
    </figure>
  );
}

const extensionOf = (name: string): string => /\.(\w{1,8})$/.exec(name)?.[1] ?? 'bin';

function usePicture(
  hash: string | undefined,
  mediaType: string,
): { readonly url: string | undefined; readonly isMissing: boolean } {
  const { session } = useTalk();
  const [url, setUrl] = useState<string>();
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    if (hash === undefined) return;
    let made: string | undefined;
    let isGone = false;
    const read = async (): Promise<void> => {
      const bytes = await session.file(hash);
      if (isGone) return;
      // Of the kind that was announced, whatever the answer called it.
      made = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
      setUrl(made);
      setMissing(false);
    };
    read().catch(() => setMissing(true));
    return () => {
      isGone = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [session, hash, mediaType]);
  return { url, isMissing };
}
