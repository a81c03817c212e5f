// What is one's own: taken away as a file, brought back from one, or erased.

import { type ReactElement, useId, useRef, useState } from 'react';
import { useClient } from 'holdfast/react';
import { Button } from '../base/button.tsx';
import { Dialog } from '../base/dialog.tsx';
import { Field } from '../base/field.tsx';
import { notes } from '../base/notes.tsx';
import { saveFile } from '../base/save-file.ts';
import { strings } from '../strings.ts';
import { useApi } from './api.ts';
import { readArchive } from './archive-file.ts';
import { identity } from './identity.ts';
import { bringBack, eraseAll, exportAll, type Progress } from './my-data.ts';
import styles from './settings.module.css';

const words = strings.settings;

export function DataSettings(): ReactElement {
  const heading = useId();
  return (
    <section className={styles['part']} aria-labelledby={heading}>
      <h2 id={heading}>{words.data}</h2>
      <div className={styles['line']}>
        <ExportButton />
        <ImportButton />
        <EraseButton />
      </div>
    </section>
  );
}

function ExportButton(): ReactElement {
  const client = useClient();
  const api = useApi();
  const [progress, setProgress] = useState<Progress | null>(null);
  const run = async (): Promise<void> => {
    const { file, missing } = await exportAll(client, api, setProgress);
    setProgress(null);
    saveFile(file, 'holdfast.json');
    if (missing > 0) notes.say(words.exportGap(missing));
  };
  return (
    <Button disabled={progress !== null} onClick={() => void run()}>
      {progress === null ? words.export : words.exporting(progress.done, progress.total)}
    </Button>
  );
}

function ImportButton(): ReactElement {
  const client = useClient();
  const field = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const archived = readArchive(await file.text());
    if (archived === undefined) return notes.say(words.notOurs);
    await bringBack(client, archived);
    notes.say(words.imported(archived.length));
  };
  return (
    <>
      <Button onClick={() => field.current?.click()}>{words.import}</Button>
      <input
        ref={field}
        type="file"
        hidden
        aria-label={words.import}
        accept="application/json,.json"
        onChange={({ target }) => {
          void take(target.files?.[0]);
          target.value = '';
        }}
      />
    </>
  );
}

function EraseButton(): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button look="danger" onClick={() => setAsking(true)}>
        {words.erase}
      </Button>
      {isAsking && <EraseDialog onClose={() => setAsking(false)} />}
    </>
  );
}

/** It cannot be taken back, so it takes a word to do it. */
function EraseDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const client = useClient();
  const api = useApi();
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const erase = async (): Promise<void> => {
    setBusy(true);
    const left = await eraseAll(client, api);
    setBusy(false);
    onClose();
    if (left > 0) notes.say(words.notErased(left));
    else await identity.signOut();
  };
  return (
    <Dialog
      title={words.erase}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{strings.cancel}</Button>
          <Button
            look="danger"
            disabled={isBusy || typed.trim().toLowerCase() !== words.eraseWord}
            onClick={() => void erase()}
          >
            {isBusy ? words.erasing : words.eraseYes}
          </Button>
        </>
      }
    >
      <p>{words.eraseSentence}</p>
      <Field label={words.eraseType(words.eraseWord)} value={typed} onText={setTyped} />
    </Dialog>
  );
}
