// Files that go with the next prompt: how far each has got, a picture of those that are one, and
// a way to take each away. A file that is hashed can be sent, however far its upload is.

import type { Attachment } from 'holdfast';
import { FileText, RotateCcw, X } from 'lucide-react';
import { type ReactElement, useEffect, useState, useSyncExternalStore } from 'react';
import { IconButton } from '../base/button.tsx';
import { sizeOf } from '../base/time.ts';
import styles from './composer.module.css';
import { words } from './strings.ts';

export interface AttachmentsProps {
  readonly attachments: readonly Attachment[];
  /** The pictures of those that were added on this page. */
  readonly previews: ReadonlyMap<string, Blob>;
  readonly onDetach: (attachment: Attachment) => void;
}

export function Attachments({
  attachments,
  previews,
  onDetach,
}: AttachmentsProps): ReactElement | null {
  if (attachments.length === 0) return null;
  return (
    <ul className={styles['files']}>
      {attachments.map((attachment) => (
        <AttachmentChip
          key={attachment.id}
          attachment={attachment}
          preview={previews.get(attachment.id)}
          onDetach={() => onDetach(attachment)}
        />
      ))}
    </ul>
  );
}

interface ChipProps {
  readonly attachment: Attachment;
  readonly preview: Blob | undefined;
  readonly onDetach: () => void;
}

function AttachmentChip({ attachment, preview, onDetach }: ChipProps): ReactElement {
  useSyncExternalStore(
    (listener) => attachment.subscribe(listener),
    () => `${attachment.state} ${attachment.progress}`,
  );
  const url = useObjectUrl(preview);
  const { name = words.file, state, progress, size } = attachment;
  return (
    <li className={styles['file']} data-state={state}>
      {url === undefined ? <FileText size={18} aria-hidden /> : <img src={url} alt="" />}
      <span dir="auto">{name}</span>
      {state === 'failed' ? (
        <small>{attachment.error?.message ?? words.uploadFailed}</small>
      ) : (
        <small>{sizeOf(size)}</small>
      )}
      {state === 'uploading' && <progress value={progress} max={1} aria-label={name} />}
      {state === 'failed' && (
        <IconButton label={words.retry} onClick={() => attachment.retry()}>
          <RotateCcw size={14} aria-hidden />
        </IconButton>
      )}
      <IconButton label={words.takeAway(name)} onClick={onDetach}>
        <X size={14} aria-hidden />
      </IconButton>
    </li>
  );
}

function useObjectUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (blob === undefined) return;
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
