/** The built authorizer behind the gateway, with the settings that serverless.yml and README.md name. */

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Authorize } from '../../sandbox/gateway/gateway.ts';
import {
  type Api,
  AS_SENT,
  EVERY_SETTING,
  type RequestAuthorizer,
  type Switches,
} from '../../sandbox/gateway/model.ts';
import { type Functions, functionsWith } from '../support/bundles.ts';
import { bench, cacheErrors, httpApi, restApi, webSocketApi } from '../support/gateways.ts';
import { CLIENT, idClaims, POOL, rsaKey, signJwt } from '../support/tokens.ts';

const KEY = rsaKey('key-1');
const POLICY = `
version: 1
groups: { editor: { includes: [reader] }, reader: {} }
rules:
  - { id: read, allow: ["GET /", "GET /articles/**", "CONNECT /"], to: { groups: [reader] } }
  - { id: write, allow: ["PUT /articles/*"], to: { groups: [editor] } }
  - { id: own, allow: ["GET /users/{user}"], where: { user: "\${claims.sub}" } }
`;

const REQUEST = { type: 'REQUEST', identitySources: [] } as const;
const REST_KEY = ['method.request.header.Authorization', 'context.httpMethod', 'context.path'];
const HTTP_KEY = ['$request.header.Authorization', '$context.httpMethod', '$context.path'];
const TEMPLATES = ['GET', 'PUT', 'DELETE'].flatMap((verb) => [
  `${verb} /articles/{id}`,
  `${verb} /users/{id}`,
]);
const SIMPLE: RequestAuthorizer = { ...REQUEST, payloadFormatVersion: '2.0', enableSimpleResponses: true };

const REST = restApi({ ...REQUEST, identitySources: REST_KEY, ttlSeconds: 60 });
const HTTP_CACHED = httpApi({ ...SIMPLE, identitySources: HTTP_KEY, ttlSeconds: 60 });
const FRONTS: [name: string, api: Api][] = [
  ['REST REQUEST, TTL 60', REST],
  ['REST TOKEN, TTL 0', restApi({ type: 'TOKEN', identitySource: String(REST_KEY[0]), ttlSeconds: 0 })],
  ['HTTP 2.0 simple, TTL 0', httpApi(SIMPLE)],
  ['HTTP 2.0 simple, TTL 60', HTTP_CACHED],
  [
    'HTTP 2.0 IAM, TTL 60',
    httpApi({ ...HTTP_CACHED.authorizer, enableSimpleResponses: false } as RequestAuthorizer),
  ],
  ['HTTP 1.0, TTL 0', httpApi({ ...REQUEST, payloadFormatVersion: '1.0' })],
];

let functions: Functions;
let authorize: Record<'simple' | 'iam', Authorize>;
let as: Record<'reader' | 'editor' | 'forged', { Authorization: string }>;
const nobody = {};

beforeAll(async () => {
  functions = await functionsWith(POLICY);
  const start = (HTTP_RESPONSE: string): Authorize => {
    const authorizer = functions.start('authorizer', {
      USER_POOL_IDS: POOL,
      APP_CLIENT_IDS: CLIENT,
      TOKEN_USE: 'any',
      AUTHORIZER_TTL_SECONDS: '60',
      HTTP_RESPONSE,
      JWKS: JSON.stringify({ keys: [KEY.jwk] }),
    });
    return async (event) => {
      const { answer } = await authorizer.invoke(event);
      if (!answer.ok) throw new Error(answer.errorMessage);
      return answer.payload;
    };
  };
  authorize = { simple: start('simple'), iam: start('iam') };
  const bearer = (sub: string, group: string, key = KEY) => {
    const claims = idClaims(Math.floor(Date.now() / 1000), { sub, 'cognito:groups': [group] });
    return { Authorization: `Bearer ${signJwt(claims, key)}` };
  };
  as = {
    reader: bearer('rob', 'reader'),
    editor: bearer('ada', 'editor'),
    forged: bearer('rob', 'editor', { ...rsaKey('other'), kid: KEY.kid }),
  };
});

const authorizeFor = ({ authorizer }: Api) =>
  authorizer.type === 'REQUEST' && authorizer.enableSimpleResponses ? authorize.simple : authorize.iam;

/** In this order, so that what is refused comes before and after what is allowed. */
const TABLE: [caller: keyof typeof as | 'nobody', call: string, status: number][] = [
  ['reader', 'PUT /articles/1', 403],
  ['reader', 'GET /articles/1', 200],
  ['reader', 'GET /articles/2', 200],
  ['reader', 'PUT /articles/1', 403],
  ['reader', 'DELETE /articles/1', 403],
  ['editor', 'PUT /articles/1', 200],
  ['editor', 'GET /articles/1', 200],
  ['editor', 'DELETE /articles/1', 403],
  ['reader', 'GET /users/rob', 200],
  ['reader', 'GET /users/ada', 403],
  ['editor', 'GET /users/rob', 403],
  ['editor', 'GET /users/ada', 200],
  ['forged', 'GET /articles/1', 401],
  ['nobody', 'GET /articles/1', 401],
];

describe.each(FRONTS)('%s', (_, front) => {
  it.each([
    ['the shipped catch-all routes', front.routes],
    ['routes with templates', TEMPLATES],
  ])('with every setting: the right status, whatever was asked before; %s', async (__, routes) => {
    const api = { ...front, routes };
    for (const switches of EVERY_SETTING) {
      const { ask } = bench(api, authorizeFor(api), switches);
      const seen: typeof TABLE = [];
      for (const [caller, call] of [...TABLE, ...TABLE.toReversed()]) {
        seen.push([caller, call, (await ask(call, caller === 'nobody' ? nobody : as[caller])).status]);
      }
      expect({ switches, seen }).toEqual({ switches, seen: [...TABLE, ...TABLE.toReversed()] });
    }
  });

  it('uses its cache, where it has one', async () => {
    const { ask } = bench(front, authorizeFor(front));
    await ask('GET /articles/1', as.reader);
    const { asked } = await ask('GET /articles/1', as.reader);
    expect(asked).toBe((front.authorizer.ttlSeconds ?? 0) > 0 ? 'cached' : 'invoked');
  });
});

describe('a WebSocket', () => {
  it('opens for whom the policy lets connect, and the function’s 401 is one', async () => {
    const { see } = bench(webSocketApi(REQUEST), authorize.iam);
    expect(await see('GET /', as.reader)).toBe('101 invoked');
    expect(await see('GET /', as.forged)).toBe('401 invoked');
    expect(await see('GET /', {})).toBe('401 invoked');
    expect(await see('GET /', { Authorization: `Bearer ${signJwt(strangerClaims(), KEY)}` })).toBe(
      '403 invoked',
    );
  });

  const strangerClaims = () => idClaims(Math.floor(Date.now() / 1000), { 'cognito:groups': [] });
});

/** Paths that may be read in two ways, each after the plain one and before it. */
const ODD = [
  '/articles/a/b',
  '/articles/a%2Fb',
  '/articles/1',
  '/articles/%31',
  '/articles/1/',
  '//articles/1',
  '/articles/a%252Fb',
  '/articles/../users/ada',
  '/articles/%2e%2e/users/ada',
  '/articles/1%00',
  '/',
  '//',
].map((path) => `GET ${path}`);

describe('paths that may be read in two ways', () => {
  const walk = async (api: Api, switches: Switches) => {
    const calls = [...ODD, ...ODD.toReversed()].map((call) => [call, as.reader] as const);
    return [...new Set(await cacheErrors(api, authorizeFor(api), calls, switches))].sort();
  };

  it.each(FRONTS)('%s: the cache changes nothing, where $context.path is as sent', async (_, api) => {
    for (const switches of EVERY_SETTING.filter(({ eventPath }) => eventPath === 'raw')) {
      expect({ switches, errors: await walk(api, switches) }).toEqual({ switches, errors: [] });
    }
  });

  it.each(FRONTS)('%s: climbing out, empty segments and double escapes reach nothing', async (_, api) => {
    const climbing = ODD.filter((call) => /\.\.|%2e|%00|%25|\/\/./.test(call));
    expect(climbing).toHaveLength(5);
    for (const switches of EVERY_SETTING) {
      const { ask } = bench(api, authorizeFor(api), switches);
      const reached: string[] = [];
      for (const call of [...ODD, ...ODD]) {
        const { status } = await ask(call, as.reader);
        if (climbing.includes(call) && status === 200) reached.push(call);
      }
      expect({ switches, reached }).toEqual({ switches, reached: [] });
    }
  });

  // README.md of sandbox/gateway, "What the switches show". One key for two ARNs: a policy names one of them.
  it.each(FRONTS.filter(([, api]) => api !== HTTP_CACHED))(
    '%s: were $context.path normalised, the cache would refuse a second spelling and never allow one',
    async (_, api) => {
      const errors: string[] = [];
      for (const switches of EVERY_SETTING) errors.push(...(await walk(api, switches)));
      const cached = (api.authorizer.ttlSeconds ?? 0) > 0;
      expect([...new Set(errors)].sort()).toEqual(
        cached ? ['GET //: 403 -> 200', 'GET /articles/%31: 403 -> 200', 'GET /articles/1/: 403 -> 200'] : [],
      );
    },
  );

  it('were $context.path normalised and the ARN raw, a kept simple answer would be taken for `%2F` as well', async () => {
    for (const switches of EVERY_SETTING) {
      const open = switches.eventPath === 'normalised' && switches.arnPath === 'raw';
      const errors = await walk(HTTP_CACHED, switches);
      expect({ switches, errors }).toEqual({
        switches,
        errors: open ? ['GET /articles/a%2Fb: 200 -> 403'] : [],
      });
    }
  });
});

describe('X-HTTP-Method-Override', () => {
  const overriding = () => ({ ...as.reader, 'X-HTTP-Method-Override': 'DELETE' });

  it.each(['seen', 'hidden'] as const)(
    'is refused wherever the function is asked; verb %s',
    async (overriddenVerb) => {
      const { ask, see } = bench(REST, authorize.iam, { ...AS_SENT, overriddenVerb });
      expect(await see('GET /articles/1', overriding())).toBe('403 invoked');
      // SECURITY.md says so: within the TTL of a clean request nobody asks the function.
      const { see: seeAfter, ask: askAfter } = bench(REST, authorize.iam, { ...AS_SENT, overriddenVerb });
      await seeAfter('GET /articles/1', as.reader);
      const { status, backend } = await askAfter('GET /articles/1', overriding());
      expect({ status, reached: backend?.method }).toEqual(
        overriddenVerb === 'seen' ? { status: 403, reached: undefined } : { status: 200, reached: 'DELETE' },
      );
      expect((await ask('GET /articles/1', as.reader)).status).toBe(overriddenVerb === 'seen' ? 200 : 403);
    },
  );
});
