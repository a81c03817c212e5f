// How often React renders while an agent streams into a long session, in a real browser.

import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../support/browser.ts';
import { bundlePage } from '../../support/page-bundle.ts';
import { servePage } from '../../support/page-server.ts';

const MESSAGES = 1_000;
const TOKENS = 400;
const TOKENS_PER_SECOND = 200;

describe.each([18, 19] as const)('with React %i', (react) => {
  const browser = sharedBrowser();

  test('[C80] a token renders the component of its part alone, at most once per frame', async () => {
    const server = await servePage(await bundlePage('renders', { react, mode: 'production' }));
    const device = await browser().device();
    const { page } = await device.tab(server.url);
    const report = await page.evaluate(
      ([messages, tokens, perSecond]) => window.streamInto(messages, tokens, perSecond),
      [MESSAGES, TOKENS, TOKENS_PER_SECOND] as const,
    );
    await server.close();
    const { renders, frames, inOneFrame, shown, written, longTasksMs, components } = report;
    console.log(
      `React ${react}: ${TOKENS} tokens in ${frames} frames, ${JSON.stringify(Object.values(renders))} renders, ` +
        `${longTasksMs.length} tasks over 50 ms, the longest ${Math.max(0, ...longTasksMs)} ms`,
    );
    expect(report.react).toMatch(new RegExp(`^${react}\\.`));
    expect(components).toBeGreaterThan(2 * MESSAGES);
    expect(Object.keys(renders)).toHaveLength(1);
    expect(Object.keys(renders)[0]).toMatch(/^part of /);
    const [times = 0] = Object.values(renders);
    expect(times).toBeGreaterThan(10);
    expect(times).toBeLessThanOrEqual(frames);
    expect(inOneFrame).toBe(1);
    expect(shown).toBe(written);
    expect(written).toContain(` word${TOKENS - 1}`);
  });
});
