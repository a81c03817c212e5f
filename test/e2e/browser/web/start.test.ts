// What `npm start` runs, with the agent that it brings: from the first look to the first reply.

import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../../support/browser.ts';
import { withFolder } from '../../../support/folder.ts';
import { Household } from '../../../support/household.ts';
import { beginSession, builtApp } from '../../../support/web-app.ts';

describe('npm start', () => {
  const browser = sharedBrowser();

  test('[U1] brings an app in which the guide answers', () =>
    withFolder(async (folder) => {
      await builtApp();
      const household = await Household.start(folder);
      try {
        const { page } = await (await browser().device()).tab(household.url);
        await beginSession(page, 'What is a lane?');
        const reply = page
          .getByRole('main')
          .getByText(/docs\/\w+\.md/)
          .first();
        await reply.waitFor();
        expect(await page.title()).toContain('Holdfast');
        await page.close();
      } finally {
        await household.program.kill('SIGTERM');
        await household.program.ended;
      }
    }));
});
