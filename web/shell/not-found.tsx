// What stands at an address that leads nowhere.

import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { strings } from '../strings.ts';
import styles from './welcome.module.css';

export function NotFound(): ReactElement {
  return (
    <section className={styles['welcome']}>
      <h1>{strings.notFound.title}</h1>
      <p>{strings.notFound.sentence}</p>
      <Link href="/">{strings.notFound.home}</Link>
    </section>
  );
}
