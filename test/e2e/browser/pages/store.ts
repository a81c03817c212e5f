// The published cases of an offline store, run by a page.

import { runStoreCases } from '../../../support/browser-store-cases.ts';

declare global {
  interface Window {
    runStoreCases: typeof runStoreCases;
  }
}

window.runStoreCases = runStoreCases;
