// Who somebody is, at the foot of the list, and what they can do about it.

import type { ReactElement } from 'react';
import { useStore } from '../base/store.ts';
import { useLocation } from 'wouter';
import { Menu } from '../base/menu.tsx';
import { strings } from '../strings.ts';
import { identity } from './identity.ts';
import { overlay } from './overlay.ts';
import styles from './who-am-i.module.css';

export function WhoAmI(): ReactElement | null {
  const now = useStore(identity.now);
  const { accounts } = useStore(identity.book);
  const [, go] = useLocation();
  if (now.state !== 'in') return null;
  const { name, principal } = now.account;
  const others = accounts.filter((account) => account.principal !== principal);
  return (
    <div className={styles['who']}>
      <Menu
        label={strings.me.menu(name)}
        items={[
          ...others.map((account) => ({
            name: `${account.name} (${account.principal})`,
            run: () => {
              identity.switchTo(account.principal);
              go('/');
            },
          })),
          { name: strings.me.settings, run: () => go('/settings') },
          { name: strings.me.phone, run: () => overlay.set({ kind: 'phone' }) },
          { name: strings.me.shortcuts, run: () => overlay.set({ kind: 'shortcuts' }) },
        ]}
      >
        <span className={styles['face']} aria-hidden>
          {name.slice(0, 1).toLocaleUpperCase()}
        </span>
      </Menu>
      <span className={styles['name']} dir="auto">
        {name}
      </span>
    </div>
  );
}
