// What stands where a part of the page failed: that it did, how to go on, and a report to copy.
// Nothing of what people wrote is in the report, and no token.

import { Component, type ReactNode } from 'react';
import { strings } from '../strings.ts';
import { Button } from './button.tsx';
import styles from './failure.module.css';

interface Props {
  readonly children: ReactNode;
  /** What it is that failed, for the report. */
  readonly where: string;
}

interface State {
  readonly error: Error | null;
}

export class FailureBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const report = reportOf(error, this.props.where);
    return (
      <section className={styles['failure']} role="alert">
        <h1>{strings.failure.title}</h1>
        <p>{strings.failure.sentence}</p>
        <div className={styles['actions']}>
          <Button look="main" onClick={() => this.setState({ error: null })}>
            {strings.failure.again}
          </Button>
          <Button onClick={() => void navigator.clipboard.writeText(report)}>
            {strings.failure.copy}
          </Button>
        </div>
        <pre>{error.message}</pre>
      </section>
    );
  }
}

/** Where and what, without addresses: those name sessions. */
export function reportOf(error: Error, where: string): string {
  const stack = (error.stack ?? error.message).replaceAll(/https?:\/\/[^\s/)]+/g, '');
  return [`Holdfast, ${where}`, navigator.userAgent, stack].join('\n');
}
