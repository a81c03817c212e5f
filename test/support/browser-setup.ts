// Before the tests in a browser: there is a Chromium, found or installed, and the test
// files are told where it is.

import type { TestProject } from 'vitest/node';
import { prepareChromium } from '../../tools/chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    chromiumPath: string;
  }
}

export async function setup(project: TestProject): Promise<void> {
  project.provide('chromiumPath', await prepareChromium());
}
