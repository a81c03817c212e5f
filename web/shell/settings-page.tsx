// Settings: who one is, how it looks, what this device keeps, and what is one's own.

import type { ReactElement } from 'react';
import { ArrowLeft } from 'lucide-react';
import { Link } from 'wouter';
import { strings } from '../strings.ts';
import { DataSettings } from './settings-data.tsx';
import { DeviceSettings } from './settings-device.tsx';
import { LookSettings } from './settings-look.tsx';
import { YouSettings } from './settings-you.tsx';
import styles from './settings.module.css';

export function SettingsPage(): ReactElement {
  return (
    <div className={styles['page']}>
      <header className={styles['head']}>
        <Link href="/" className={styles['back']} aria-label={strings.back}>
          <ArrowLeft size={19} aria-hidden />
        </Link>
        <h1>{strings.settings.title}</h1>
      </header>
      <YouSettings />
      <LookSettings />
      <DeviceSettings />
      <DataSettings />
    </div>
  );
}
