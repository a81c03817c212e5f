// A tab of a browser under test, and what went wrong in it: whatever its page reports as an
// error fails the test, unless the test said that it would come.

import type { CDPSession, Page } from 'playwright-core';
import { within } from './hang.ts';

export class Tab {
  readonly page: Page;
  #errors: string[] = [];
  #expected: RegExp[] = [];
  #devtools: Promise<CDPSession> | undefined;

  constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      this.#errors.push(`${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (error) => this.#errors.push(error.stack ?? error.message));
    page.on('crash', () => this.#errors.push('the tab crashed'));
  }

  /** Says that errors of this kind will come, and are no failure. */
  expectErrors(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  /** All that went wrong and was not expected. */
  get unexpected(): readonly string[] {
    return this.#errors.filter((error) => !this.#expected.some((pattern) => pattern.test(error)));
  }

  /**
   * How many bytes the page's origin may store. Before it stores much: for some time the
   * browser goes by the room that it last saw. `estimate()` of the page does not tell it.
   */
  async setQuota(bytes: number): Promise<void> {
    const { origin } = new URL(this.page.url());
    const devtools = await this.devtools();
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: bytes });
  }

  /** Ends the process of the tab at once, as the system does that is out of memory. */
  async crash(): Promise<void> {
    this.expectErrors(/^the tab crashed$/);
    const crashed = this.page.waitForEvent('crash');
    const devtools = await this.devtools();
    // Nobody is left to answer.
    devtools.send('Page.crash').catch(() => undefined);
    await within(crashed, 'the crash of a tab');
    // Where one is left, nothing can be said to its context any more.
    await this.page.close();
  }

  devtools(): Promise<CDPSession> {
    this.#devtools ??= this.page.context().newCDPSession(this.page);
    return this.#devtools;
  }
}
