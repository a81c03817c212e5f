import { describe, expect, test } from 'vitest';
import {
  agentNewsSchemas,
  agentRequestSchemas,
  decodeAgentNews,
  decodeAgentRequest,
  encodeAgentMessage,
  type AgentNews,
  type AgentRequest,
} from '../../../src/protocol/agents.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';

const of = { session: 'session-0123456789', run: 'r1' };

const requests: { readonly [T in AgentRequest['type']]: Extract<AgentRequest, { type: T }> } = {
  hello: { id: 1, type: 'hello', token: 'a.b.c', concurrency: 4 },
  capacity: { id: 2, type: 'capacity', concurrency: 0 },
  accept: { id: 3, type: 'accept', ...of },
  decline: { id: 4, type: 'decline', ...of },
  finished: { id: 5, type: 'finished', ...of },
  'renew-token': { id: 6, type: 'renew-token', token: 'a.b.c' },
};

const news: { readonly [T in AgentNews['type']]: Extract<AgentNews, { type: T }> } = {
  ready: {
    id: 1,
    re: 1,
    type: 'ready',
    incarnation: 'i1',
    principal: 'guide',
    rights: ['read', 'agent'],
    expiresAt: 9,
  },
  offer: { id: 2, type: 'offer', ...of, state: 'queued' },
  gone: { id: 3, type: 'gone', ...of },
  'token-renewed': { id: 4, re: 6, type: 'token-renewed', rights: [], expiresAt: 9 },
  beat: { id: 5, type: 'beat' },
  error: { id: 6, re: 9, type: 'error', code: 'busy', message: 'Try later.', retryable: true },
};

describe('[W12] a message of the agents', () => {
  test.each(Object.values(requests))(
    '[W12] $type of an agent is read as it was written',
    (sent) => {
      const { major, minor } = protocolVersion;
      const read = { ok: true, message: sent, version: { major, minor } };
      expect(decodeAgentRequest(encodeAgentMessage(sent))).toEqual(read);
    },
  );

  test.each(Object.values(news))('[W12] $type of the server is read as it was written', (sent) => {
    expect(decodeAgentNews(encodeAgentMessage(sent))).toMatchObject({ ok: true, message: sent });
  });

  test('[W12] there is a sample of each', () => {
    expect(Object.keys(requests)).toEqual(Object.keys(agentRequestSchemas));
    expect(Object.keys(news)).toEqual(Object.keys(agentNewsSchemas));
  });

  test.each([
    { ...requests.hello, concurrency: limits.agentRunsMax + 1 },
    { ...requests.accept, session: 'short' },
    { ...requests.accept, run: '' },
  ])('[W12] of a wrong shape is refused', (sent) => {
    expect(decodeAgentRequest(encodeAgentMessage(sent))).toMatchObject({ rule: 'command-shape' });
  });
});
