// Another title for a session.

import { type FormEvent, type ReactElement, useId, useState } from 'react';
import { useClient } from 'holdfast/react';
import { Button } from '../base/button.tsx';
import { Dialog } from '../base/dialog.tsx';
import { Field } from '../base/field.tsx';
import { strings } from '../strings.ts';
import { closeOverlay } from './overlay.ts';
import { renameSession } from './session-actions.ts';

export interface RenameProps {
  readonly session: string;
  readonly title: string;
}

const titleCharsMax = 200;

export function RenameDialog({ session, title }: RenameProps): ReactElement {
  const client = useClient();
  const form = useId();
  const [text, setText] = useState(title);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    closeOverlay();
    void renameSession(client, session, text);
  };
  return (
    <Dialog
      title={strings.session.rename}
      onClose={closeOverlay}
      actions={
        <>
          <Button onClick={closeOverlay}>{strings.cancel}</Button>
          <Button look="main" type="submit" form={form}>
            {strings.session.rename}
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <Field
          label={strings.session.renameTo}
          value={text}
          maxLength={titleCharsMax}
          autoFocus
          onText={setText}
        />
      </form>
    </Dialog>
  );
}
