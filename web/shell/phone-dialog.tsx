// A code for a phone: the address of what is looked at now, with the token that signs in. Only an
// account that came by a link has one to hand on; the machine's own account reaches no further
// than the machine.

import type { ReactElement } from 'react';
import { encode } from 'uqr';
import { Button } from '../base/button.tsx';
import { Dialog } from '../base/dialog.tsx';
import { notes } from '../base/notes.tsx';
import { strings } from '../strings.ts';
import { identity } from './identity.ts';
import { closeOverlay } from './overlay.ts';
import styles from './phone-dialog.module.css';

const ownNames = ['localhost', '127.0.0.1', '[::1]'];

export function PhoneDialog(): ReactElement {
  const { account } = identity;
  const isReached = account?.source === 'link' && !ownNames.includes(location.hostname);
  const link = isReached ? `${location.href.split('#')[0]}#token=${account.token}` : undefined;
  return (
    <Dialog title={strings.phone.title} onClose={closeOverlay}>
      {link === undefined ? <p>{strings.phone.machine}</p> : <Code link={link} />}
    </Dialog>
  );
}

function Code({ link }: { readonly link: string }): ReactElement {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(link);
    notes.say(strings.copied);
  };
  return (
    <div className={styles['phone']}>
      <QrCode text={link} />
      <p>{strings.phone.sentence}</p>
      <Button onClick={() => void copy()}>{strings.phone.copy}</Button>
    </div>
  );
}

/** Dark on light whatever the theme is, with the quiet edge that readers need. */
function QrCode({ text }: { readonly text: string }): ReactElement {
  const { data, size } = encode(text, { border: 3 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={strings.phone.label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
