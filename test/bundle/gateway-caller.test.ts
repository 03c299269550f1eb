/** The authorizer built for `caller` mode behind the gateway, under keys that hold the token and nothing else. */

import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Authorize } from '../../sandbox/gateway/gateway.ts';
import { type Api, EVERY_SETTING, type RequestAuthorizer } from '../../sandbox/gateway/model.ts';
import type { LocalFunction } from '../../sandbox/lambda.ts';
import { appendCuts } from '../../shared/store/cut-journal.ts';
import { type Functions, functionsWith } from '../support/bundles.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { bench, httpApi, restApi } from '../support/gateways.ts';
import { CLIENT, idClaims, POOL, rsaKey, signJwt } from '../support/tokens.ts';

const KEY = rsaKey('key-1');
const POLICY = `
version: 1
groups: { editor: { includes: [reader] }, reader: {} }
rules:
  - { id: read, allow: ["GET /", "GET /articles/**"], to: { groups: [reader] } }
  - { id: write, allow: ["PUT /articles/*"], to: { groups: [editor] } }
  - { id: own, allow: ["GET /users/{user}"], where: { user: "\${claims.sub}" } }
  - { id: drafts, deny: ["GET /articles/drafts/**"], unless: { groups: [editor] } }
`;

const REQUEST = { type: 'REQUEST', identitySources: [] } as const;
const TOKEN = 'method.request.header.Authorization';
const IAM: RequestAuthorizer = {
  ...REQUEST,
  identitySources: ['$request.header.Authorization'],
  ttlSeconds: 60,
};
const FRONTS: [name: string, api: Api][] = [
  ['REST TOKEN', restApi({ type: 'TOKEN', identitySource: TOKEN, ttlSeconds: 60 })],
  ['REST REQUEST', restApi({ ...REQUEST, identitySources: [TOKEN], ttlSeconds: 60 })],
  ['HTTP 2.0 IAM', httpApi({ ...IAM, payloadFormatVersion: '2.0' })],
  ['HTTP 1.0', httpApi({ ...IAM, payloadFormatVersion: '1.0' })],
];

const ENV = {
  ANSWER_MODE: 'caller',
  USER_POOL_IDS: POOL,
  APP_CLIENT_IDS: CLIENT,
  TOKEN_USE: 'any',
  AUTHORIZER_TTL_SECONDS: '60',
  HTTP_RESPONSE: 'iam',
  JWKS: JSON.stringify({ keys: [KEY.jwk] }),
};
const dynamodb = await startDynamodb();

let functions: Functions;
let authorize: Authorize;
let as: Record<'reader' | 'editor', { Authorization: string }>;

const asking =
  (authorizer: LocalFunction): Authorize =>
  async (event) => {
    const { answer } = await authorizer.invoke(event);
    if (!answer.ok) throw new Error(answer.errorMessage);
    return answer.payload;
  };

beforeAll(async () => {
  functions = await functionsWith(POLICY, { ANSWER_MODE: 'caller' });
  authorize = asking(functions.start('authorizer', ENV));
  const bearer = (sub: string, group: string) => {
    const claims = idClaims(Math.floor(Date.now() / 1000), { sub, 'cognito:groups': [group] });
    return { Authorization: `Bearer ${signJwt(claims, KEY)}` };
  };
  as = { reader: bearer('rob', 'reader'), editor: bearer('ada', 'editor') };
});

const TABLE: [caller: keyof typeof as, call: string, status: number][] = [
  ['reader', 'PUT /articles/1', 403],
  ['reader', 'GET /articles/1', 200],
  ['reader', 'GET /articles/1/notes', 200],
  ['reader', 'GET /articles/drafts/1', 403],
  ['editor', 'GET /articles/drafts/1', 200],
  ['editor', 'PUT /articles/1', 200],
  ['editor', 'PUT /articles/1/notes', 403],
  ['editor', 'DELETE /articles/1', 403],
  ['reader', 'GET /users/rob', 200],
  ['reader', 'GET /users/rob/keys', 403],
  ['reader', 'GET /users/ada', 403],
  ['editor', 'GET /users/ada', 200],
];

/** What a plain path must never open, in whatever form the ARN has it. `%00` is a control character: docs/caching.md. */
const CLIMBING = [
  '/articles/../users/ada',
  '/articles/%2e%2e/users/ada',
  '/articles//drafts/1',
  '/articles/x%2F..%2Fdrafts',
  '/articles/a%252Fb',
  '/articles/a;b',
  '/articles/%5Cdrafts',
].map((path) => `GET ${path}`);

describe.each(FRONTS)('%s, one key for each token', (_, api) => {
  it('with every setting: the right status, whatever was asked before', async () => {
    for (const switches of EVERY_SETTING) {
      const { ask } = bench(api, authorize, switches);
      const seen: typeof TABLE = [];
      for (const [caller, call] of [...TABLE, ...TABLE.toReversed()])
        seen.push([caller, call, (await ask(call, as[caller])).status]);
      expect({ switches, seen }).toEqual({ switches, seen: [...TABLE, ...TABLE.toReversed()] });
    }
  });

  it('asks once for each caller', async () => {
    const { ask, events } = bench(api, authorize);
    for (const [caller, call] of TABLE) await ask(call, as[caller]);
    expect(events).toHaveLength(2);
  });

  it('climbing out, empty segments and double escapes reach nothing, from the cache or not', async () => {
    for (const switches of EVERY_SETTING) {
      const { ask } = bench(api, authorize, switches);
      const reached: string[] = [];
      for (const call of [...CLIMBING, 'GET /articles/1', ...CLIMBING])
        if ((await ask(call, as.reader)).status === 200) reached.push(call);
      expect({ switches, reached }).toEqual({ switches, reached: ['GET /articles/1'] });
    }
  });

  it('a document from before a cut is good until it leaves the cache, and then nothing is', async () => {
    const { store, env } = await dynamodb.table();
    const live = functions.start('authorizer', { ...ENV, ...env, POLICY_REFRESH_SECONDS: '1' });
    const { ask, passSeconds } = bench(api, asking(live));
    const statuses = async (caller: keyof typeof as, calls: string[]) => {
      const seen: number[] = [];
      for (const call of calls) seen.push((await ask(call, as[caller])).status);
      return seen;
    };
    const [first, ...others] = ['GET /articles/1', 'GET /users/rob', 'GET /articles/2/notes'] as const;
    expect(await statuses('reader', [first])).toEqual([200]);
    const at = Math.floor(Date.now() / 1000);
    await appendCuts(store, [{ kind: 'user', pool: POOL, value: 'rob', at, expiresAt: null }]);
    await sleep(1500);
    // Wakes the authorizer for somebody else: it reads what is new, and the cache does not ask it for this caller.
    expect(await statuses('editor', [first])).toEqual([200]);
    expect(await statuses('reader', others)).toEqual([200, 200]);
    passSeconds(61);
    expect(await statuses('reader', [first, ...others])).toEqual([403, 403, 403]);
    expect(await statuses('editor', [first])).toEqual([200]);
  });
});
