// What hooks do in a page under React's hard ways: rendered twice, thrown away, in pieces,
// suspended, and taken over from a server. Each scenario is a function that plays it and
// tells what was seen.

import { version } from 'react';
import * as lives from './scenarios/lives.ts';
import * as moments from './scenarios/moments.ts';
import * as takeover from './scenarios/takeover.ts';
import * as values from './scenarios/values.ts';

const scenarios = { ...lives, ...moments, ...takeover, ...values };

declare global {
  interface Window {
    scenarios: typeof scenarios;
    reactVersion: string;
  }
}

window.scenarios = scenarios;
window.reactVersion = version;
