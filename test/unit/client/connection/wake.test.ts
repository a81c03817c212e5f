import { describe, expect, test } from 'vitest';
import {
  browserWake,
  manualWake,
  type WakeSignal,
} from '../../../../src/client/connection/wake.ts';

class Page extends EventTarget {
  readonly navigator = { onLine: true };
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
}

const pageShow = (persisted: boolean): Event => Object.assign(new Event('pageshow'), { persisted });

describe('what wakes a connection', () => {
  test('in a browser it is the network, the page shown again, and the page restored', () => {
    const page = new Page();
    const heard: WakeSignal[] = [];
    const stop = browserWake(page).subscribe((signal) => heard.push(signal));
    page.dispatchEvent(new Event('online'));
    page.dispatchEvent(new Event('offline'));
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(heard).toEqual(['online', 'offline']);
    page.document.visibilityState = 'visible';
    page.document.dispatchEvent(new Event('visibilitychange'));
    page.dispatchEvent(pageShow(false));
    page.dispatchEvent(pageShow(true));
    page.document.dispatchEvent(new Event('freeze'));
    page.document.dispatchEvent(new Event('resume'));
    expect(heard.slice(2)).toEqual(['visible', 'page-restored', 'frozen', 'page-restored']);
    stop();
    page.dispatchEvent(new Event('online'));
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(heard).toHaveLength(6);
  });

  test('it believes that there is a network unless the browser denies it', () => {
    const page = new Page();
    expect(browserWake(page).isOnline).toBe(true);
    page.navigator.onLine = false;
    expect(browserWake(page).isOnline).toBe(false);
    expect(browserWake({}).isOnline).toBe(true);
  });

  test('where there is no page it is silent', () => {
    const stop = browserWake({}).subscribe(() => expect.unreachable());
    stop();
    expect(browserWake(globalThis).isOnline).toBe(true);
  });

  test('a manual one is what it was told', () => {
    const wake = manualWake();
    wake.signal('offline');
    expect(wake.isOnline).toBe(false);
    wake.signal('visible');
    expect(wake.isOnline).toBe(false);
    wake.signal('online');
    expect(wake.isOnline).toBe(true);
  });
});
