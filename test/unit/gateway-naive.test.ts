/** Authorizers as tutorials write them: each decides rightly, and the cache makes something else of it. */

import { describe, expect, it } from '@jest/globals';
import type { RequestAuthorizer } from '../../sandbox/gateway/model.ts';
import { bench, cacheErrors, httpApi, policy, restApi } from '../support/gateways.ts';

type Json = Record<string, unknown>;

const TOKEN = { type: 'TOKEN', identitySource: 'method.request.header.Authorization' } as const;
const simple = (...identitySources: string[]): RequestAuthorizer => ({
  type: 'REQUEST',
  identitySources,
  ttlSeconds: 60,
  payloadFormatVersion: '2.0',
  enableSimpleResponses: true,
});

/** What all of them enforce: everybody reads, and nobody reads under /admin. */
const mayCall = (arn: string) => /\/GET\/(?!admin)/.test(arn);

const policyForOwnArn = async ({ methodArn }: Json) =>
  policy(mayCall(String(methodArn)) ? 'Allow' : 'Deny', methodArn);
const policyForEverything = async ({ methodArn }: Json) =>
  policy(mayCall(String(methodArn)) ? 'Allow' : 'Deny', '*');
const simpleAnswer = async ({ routeArn }: Json) => ({ isAuthorized: mayCall(String(routeArn)) });

const READ_FIRST = [['GET /a'], ['GET /b'], ['DELETE /a'], ['GET /admin/users']] as const;

describe('a policy for the ARN that was asked about, kept by the token', () => {
  it('refuses the next call: the cached 403', async () => {
    const { see } = bench(restApi(TOKEN), policyForOwnArn);
    expect([await see('GET /a'), await see('GET /b'), await see('GET /a')]).toEqual([
      '200 invoked',
      '403 cached',
      '200 cached',
    ]);
    expect(await cacheErrors(restApi(TOKEN), policyForOwnArn, READ_FIRST)).toEqual(['GET /b: 403 -> 200']);
  });

  it('is right again without a cache, and with verb and path in the key', async () => {
    const exact = ['method.request.header.Authorization', 'context.httpMethod', 'context.path'];
    for (const authorizer of [
      { ...TOKEN, ttlSeconds: 0 },
      { type: 'REQUEST', identitySources: exact } as const,
    ]) {
      expect(await cacheErrors(restApi(authorizer), policyForOwnArn, READ_FIRST)).toEqual([]);
    }
  });
});

describe('a policy for everything, kept by the token', () => {
  it('opens the API after one allowed call, and closes it after one refused', async () => {
    expect(await cacheErrors(restApi(TOKEN), policyForEverything, READ_FIRST)).toEqual([
      'DELETE /a: 200 -> 403',
      'GET /admin/users: 200 -> 403',
    ]);
    expect(
      await cacheErrors(restApi(TOKEN), policyForEverything, [['GET /admin/users'], ['GET /a']]),
    ).toEqual(['GET /a: 403 -> 200']);
  });

  it('is for each caller by itself all the same', async () => {
    const { see } = bench(restApi(TOKEN), policyForEverything);
    await see('GET /a');
    expect(await see('DELETE /a', { Authorization: 'Bearer b' })).toBe('403 invoked');
  });
});

describe('a simple answer', () => {
  const OPEN = ['DELETE /a: 200 -> 403', 'GET /admin/users: 200 -> 403'];

  it('kept by the token opens every route', async () => {
    expect(
      await cacheErrors(httpApi(simple('$request.header.Authorization')), simpleAnswer, READ_FIRST),
    ).toEqual(OPEN);
  });

  it.each([['ANY /{proxy+}'], ['$default']])(
    'kept by $context.routeKey too opens all of %s',
    async (route) => {
      const authorizer = simple('$request.header.Authorization', '$context.routeKey');
      expect(await cacheErrors(httpApi(authorizer, { routes: [route] }), simpleAnswer, READ_FIRST)).toEqual(
        OPEN,
      );
    },
  );

  it('kept by $context.routeKey opens every path of a template', async () => {
    const authorizer = simple('$request.header.Authorization', '$context.routeKey');
    const routes = ['GET /{id}', 'DELETE /{id}'];
    expect(
      await cacheErrors(httpApi(authorizer, { routes }), simpleAnswer, [
        ['GET /a'],
        ['DELETE /a'],
        ['GET /admin'],
      ]),
    ).toEqual(['GET /admin: 200 -> 403']);
  });

  it('kept by verb and path is right', async () => {
    const authorizer = simple('$request.header.Authorization', '$context.httpMethod', '$context.path');
    expect(await cacheErrors(httpApi(authorizer), simpleAnswer, READ_FIRST)).toEqual([]);
  });
});
