// How often React renders while an agent streams into a long session, in a real browser.

import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../support/browser.ts';
import { sharedPage } from '../../support/page-server.ts';
import type { Tab } from '../../support/tab.ts';

const MESSAGES = 1_000;
const TOKENS = 400;
const TOKENS_PER_SECOND = 200;

/** How much processor time the tab's main thread spends from now on, in milliseconds. */
async function taskTime(tab: Tab): Promise<() => Promise<number>> {
  const devtools = await tab.devtools();
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<number> => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  };
  const begun = await read();
  return async () => (await read()) - begun;
}

describe.each([18, 19] as const)('with React %i', (react) => {
  const browser = sharedBrowser();
  const url = sharedPage('renders', { react, mode: 'production' });

  test('[C80] a token renders the component of its part alone, at most once per frame', async () => {
    const device = await browser().device();
    const tab = await device.tab(url());
    const { page } = tab;
    await page.evaluate((messages) => window.showLong(messages), MESSAGES);
    const spent = await taskTime(tab);
    const report = await page.evaluate(
      ([tokens, perSecond]) => window.streamInto(tokens, perSecond),
      [TOKENS, TOKENS_PER_SECOND] as const,
    );
    const cpuMs = (await spent()) / TOKENS;
    const { renders, frames, inOneFrame, shown, written, longTasksMs, components } = report;
    console.log(
      `React ${react}: ${TOKENS} tokens in ${frames} frames, ${JSON.stringify(Object.values(renders))} renders, ` +
        `${cpuMs.toFixed(2)} ms of processor time a token (main thread: writer, view, React, paint), ` +
        `${longTasksMs.length} tasks over 50 ms, the longest ${Math.max(0, ...longTasksMs)} ms`,
    );
    expect(report.react).toMatch(new RegExp(`^${react}\\.`));
    expect(components).toBeGreaterThan(2 * MESSAGES);
    expect(Object.keys(renders)).toHaveLength(1);
    expect(Object.keys(renders)[0]).toMatch(/^part of /);
    const [times = 0] = Object.values(renders);
    expect(times).toBeGreaterThan(5);
    expect(times).toBeLessThanOrEqual(frames);
    expect(inOneFrame).toBe(1);
    expect(shown).toBe(written);
    expect(written).toContain(` word${TOKENS - 1}`);
  });
});
