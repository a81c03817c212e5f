// What is shown before anything is known: on a server that renders a page, and in the page
// for the one render that takes it over. Both must be the same, whatever the page has read
// from its store by then, or React would throw the server's work away.

import type { ClientStatus } from '../client/client-options.ts';
import type { SessionStatus } from '../client/handle/status.ts';
import { DEFAULT_POLICY } from '../session/policy.ts';
import { Table } from '../session/table.ts';
import type { View } from '../session/view.ts';

const noTable = new Table<never>(new Map(), [], 0);

export const blankView: View = Object.freeze({
  meta: Object.freeze({
    schema: null,
    title: '',
    titleByAgent: false,
    createdAt: null,
    createdBy: null,
    policy: DEFAULT_POLICY,
    agent: null,
  }),
  path: Object.freeze([]),
  messages: noTable,
  runs: noTable,
  requests: noTable,
  participants: noTable,
  annotations: noTable,
  selection: new Map(),
  tree: Object.freeze({
    children: new Map(),
    parents: new Map(),
    within: new Map(),
    expected: new Map(),
    faults: Object.freeze([]),
  }),
  faults: Object.freeze([]),
});

export const blankStatus: SessionStatus = Object.freeze<SessionStatus>({
  connection: Object.freeze({ name: 'offline', why: 'not-wanted' }),
  storage: Object.freeze({ state: 'memory', why: 'Nothing was read yet.' }),
  unsent: 0,
  lastSyncedAt: null,
  rights: null,
  readOnly: false,
  agents: null,
  notice: null,
});

export const blankClientStatus: ClientStatus = Object.freeze<ClientStatus>({
  principal: null,
  isSignedOut: false,
  limits: Object.freeze([]),
  notice: null,
});

export const nobody: readonly never[] = Object.freeze([]);
