import { describe, expect, it } from '@jest/globals';
import type { Authorizer, GatewayRequest, RequestAuthorizer } from '../../sandbox/gateway/model.ts';
import { arnOf, bench, httpApi, policy, restApi, textOf, webSocketApi } from '../support/gateways.ts';

const TOKEN = { type: 'TOKEN', identitySource: 'method.request.header.Authorization' } as const;
const request = (change: Partial<RequestAuthorizer>): RequestAuthorizer => ({
  type: 'REQUEST',
  identitySources: [],
  ...change,
});
const HTTP_1 = request({ payloadFormatVersion: '1.0' });
const HTTP_2 = request({ payloadFormatVersion: '2.0' });
const SIMPLE = request({ payloadFormatVersion: '2.0', enableSimpleResponses: true });
const REST = restApi(request({ ttlSeconds: 0 }));

const allowAll = async () => policy('Allow', '*');
const authorized = async () => ({ isAuthorized: true });
const throwing = (text: string) => async () => {
  throw new Error(text);
};

const header = (value: string | string[]) => ({ Authorization: value });

describe('without its identity, a request is 401 and nobody is asked', () => {
  const rest = (...identitySources: string[]) =>
    restApi(request({ identitySources }), { stageVariables: { on: 'yes', off: '' } });
  const http = (...identitySources: string[]) => httpApi({ ...HTTP_2, identitySources });
  const ws = (...identitySources: string[]) => webSocketApi(request({ identitySources }));
  const matching = (identityValidationExpression: string) =>
    restApi({ ...TOKEN, identityValidationExpression });

  it.each<[string, ReturnType<typeof rest>, string, GatewayRequest['headers'], boolean]>([
    ['token', restApi(TOKEN), 'GET /a', header('x'), true],
    ['no header for a token', restApi(TOKEN), 'GET /a', {}, false],
    ['an empty header for a token', restApi(TOKEN), 'GET /a', header(''), false],
    ['a token that matches', matching('^Bearer [a-z]+$'), 'GET /a', header('Bearer a'), true],
    ['a token that does not match', matching('^Bearer [a-z]+$'), 'GET /a', header('Bearer 1'), false],
    ['header', rest('method.request.header.X'), 'GET /a', { X: '1' }, true],
    ['header in another case', rest('method.request.header.X'), 'GET /a', { x: '1' }, true],
    ['no header', rest('method.request.header.X'), 'GET /a', { Y: '1' }, false],
    ['an empty header', rest('method.request.header.X'), 'GET /a', { X: '' }, false],
    ['query', rest('method.request.querystring.q'), 'GET /a?q=1', {}, true],
    ['query in another case', rest('method.request.querystring.q'), 'GET /a?Q=1', {}, false],
    ['an empty query parameter', rest('method.request.querystring.q'), 'GET /a?q=', {}, false],
    ['stage variable', rest('stageVariables.on'), 'GET /a', {}, true],
    ['an empty stage variable', rest('stageVariables.off'), 'GET /a', {}, false],
    ['context', rest('context.httpMethod', 'context.path', 'context.identity.sourceIp'), 'GET /a', {}, true],
    ['a context variable that is not there', rest('context.nothing.at.all'), 'GET /a', {}, false],
    ['one of two', rest('method.request.header.X', 'method.request.header.Y'), 'GET /a', { X: '1' }, false],
    ['HTTP: header', http('$request.header.X'), 'GET /a', { x: '1' }, true],
    ['HTTP: no header', http('$request.header.X'), 'GET /a', {}, false],
    ['HTTP: query', http('$request.querystring.q'), 'GET /a?q=1', {}, true],
    ['HTTP: query in another case', http('$request.querystring.q'), 'GET /a?Q=1', {}, false],
    ['HTTP: context', http('$context.routeKey', '$context.httpMethod', '$context.path'), 'GET /a', {}, true],
    ['WebSocket: query', ws('route.request.querystring.t'), 'GET /?t=1', {}, true],
    ['WebSocket: no query', ws('route.request.querystring.t'), 'GET /', {}, false],
  ])('%s', async (_, api, call, headers, asked) => {
    const { ask, events } = bench(api, allowAll);
    const answer = await ask(call, headers);
    if (asked) expect([200, 101]).toContain(answer.status);
    else expect({ ...answer, text: textOf(answer) }).toMatchObject({ status: 401, text: 'Unauthorized' });
    expect(events).toHaveLength(asked ? 1 : 0);
  });
});

describe('settings that AWS would not take', () => {
  it.each<[string, () => unknown]>([
    ['a path parameter', () => restApi(request({ identitySources: ['method.request.path.id'] }))],
    ['a source of another kind', () => restApi(request({ identitySources: ['$request.header.X'] }))],
    ['a source of another kind', () => httpApi({ ...HTTP_2, identitySources: ['method.request.header.X'] })],
    ['a token from the query', () => restApi({ ...TOKEN, identitySource: 'method.request.querystring.t' })],
    ['a TOKEN authorizer', () => httpApi(TOKEN)],
    ['a REST cache without a key', () => restApi(request({}))],
    ['a TTL of more than an hour', () => restApi({ ...TOKEN, ttlSeconds: 3601 })],
    ['a TTL below 0', () => restApi({ ...TOKEN, ttlSeconds: -1 })],
    ['no payload format', () => httpApi(request({}))],
    ['simple answers of format 1.0', () => httpApi({ ...HTTP_1, enableSimpleResponses: true })],
  ])('%s', (_, api) => {
    expect(() => bench(api() as ReturnType<typeof restApi>, allowAll)).toThrow();
  });
});

describe('an answer is kept', () => {
  it.each<[string, Authorizer, number]>([
    ['TOKEN, by default', TOKEN, 300],
    ['REQUEST, by default', request({ identitySources: ['method.request.header.Authorization'] }), 300],
    ['as set', { ...TOKEN, ttlSeconds: 60 }, 60],
  ])('for its time, REST %s', async (_, authorizer, seconds) => {
    const { see, passSeconds } = bench(restApi(authorizer), allowAll);
    expect(await see('GET /a')).toBe('200 invoked');
    passSeconds(seconds - 1);
    expect(await see('GET /a')).toBe('200 cached');
    passSeconds(1);
    expect(await see('GET /a')).toBe('200 invoked');
  });

  it.each<[string, ReturnType<typeof restApi>]>([
    ['REST, TTL 0', restApi({ ...TOKEN, ttlSeconds: 0 })],
    ['HTTP, by default', httpApi({ ...HTTP_2, identitySources: ['$request.header.Authorization'] })],
    ['HTTP, without an identity source', httpApi({ ...HTTP_2, ttlSeconds: 60 })],
  ])('not at all: %s', async (_, api) => {
    const { see } = bench(api, allowAll);
    expect([await see('GET /a'), await see('GET /a')]).toEqual(['200 invoked', '200 invoked']);
  });

  it('not at all on a WebSocket API, whatever the TTL', async () => {
    const identitySources = ['route.request.header.Authorization'];
    const { see } = bench(webSocketApi(request({ identitySources, ttlSeconds: 60 })), allowAll);
    expect([await see('GET /'), await see('GET /')]).toEqual(['101 invoked', '101 invoked']);
  });

  it('by the values of all sources in their order, and by nothing else', async () => {
    const identitySources = ['method.request.header.A', 'method.request.header.B'];
    const { see } = bench(restApi(request({ identitySources })), allowAll);
    expect(await see('GET /a', { A: '1', B: '2' })).toBe('200 invoked');
    expect(await see('POST /b?x=1', { A: '1', B: '2', C: '3' })).toBe('200 cached');
    expect(await see('GET /a', { A: '2', B: '1' })).toBe('200 invoked');
    expect(await see('GET /a', { A: '1","2', B: '2' })).toBe('200 invoked');
    expect(await see('GET /a', { A: '1', B: '2","2' })).toBe('200 invoked');
    expect(await see('GET /a', { A: '1,2', B: '2' })).toBe('200 invoked');
    expect(await see('GET /a', { A: '1', B: '2,2' })).toBe('200 invoked');
    expect(await see('GET /a', { A: ['1', '1'], B: '2' })).toBe('200 invoked');
    expect(await see('GET /a', { a: '1', b: '2' })).toBe('200 cached');
  });

  it('tells verb and path apart by context.httpMethod and context.path, not by resourcePath', async () => {
    const keyed = (...identitySources: string[]) => bench(restApi(request({ identitySources })), allowAll);
    const exact = keyed('context.httpMethod', 'context.path');
    for (const call of ['GET /a', 'POST /a', 'GET /b']) expect(await exact.see(call)).toBe('200 invoked');
    const byTemplate = keyed('context.httpMethod', 'context.resourcePath');
    expect([await byTemplate.see('GET /a'), await byTemplate.see('GET /b')]).toEqual([
      '200 invoked',
      '200 cached',
    ]);
  });

  it('$context.routeKey is the template', async () => {
    const keyed = (routes: string[]) =>
      bench(
        httpApi({ ...HTTP_2, identitySources: ['$context.routeKey'], ttlSeconds: 60 }, { routes }),
        allowAll,
      );
    const exact = keyed(['GET /a', 'GET /b']);
    expect([await exact.see('GET /a'), await exact.see('GET /b')]).toEqual(['200 invoked', '200 invoked']);
    for (const routes of [['ANY /{proxy+}'], ['$default'], ['ANY /{id}']]) {
      const { see } = keyed(routes);
      expect([await see('GET /a'), await see('DELETE /b')]).toEqual(['200 invoked', '200 cached']);
    }
  });

  it('also where it denies, and is evaluated for each ARN anew', async () => {
    const document = policy('Deny', arnOf(REST, 'GET', '/a'));
    (document['policyDocument'] as { Statement: unknown[] }).Statement.push({
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: arnOf(REST, 'GET', '/b'),
    });
    const { ask, see } = bench(restApi(TOKEN), async () => document);
    expect(await see('GET /a')).toBe('403 invoked');
    expect(textOf(await ask('GET /a'))).toMatch(/with an explicit deny$/);
    expect(await see('GET /b')).toBe('200 cached');
    expect(await see('GET /c')).toBe('403 cached');
    expect(textOf(await ask('GET /c'))).toMatch(/this resource$/);
  });

  it('with its context, which the next request gets', async () => {
    let count = 0;
    const { ask } = bench(restApi(TOKEN), async () => policy('Allow', '*', { context: { count: ++count } }));
    const told = async () => (await ask('GET /a')).backend?.authorizer;
    expect([await told(), await told()]).toEqual([
      { count: '1', principalId: 'u' },
      { count: '1', principalId: 'u' },
    ]);
  });

  it.each<[string, () => Promise<unknown>, number]>([
    ['a 401', throwing('Unauthorized'), 401],
    ['a failure', throwing('x'), 500],
    ['an invalid answer', async () => ({}), 500],
  ])('but not %s', async (_, authorize, status) => {
    const { see } = bench(restApi(TOKEN), authorize);
    expect([await see('GET /a'), await see('GET /a')]).toEqual([`${status} invoked`, `${status} invoked`]);
  });

  it('until it is flushed', async () => {
    const { see, flush } = bench(restApi(TOKEN), allowAll);
    await see('GET /a');
    flush();
    expect(await see('GET /a')).toBe('200 invoked');
  });
});

describe('what an answer may be', () => {
  const DENIED = 'User is not authorized to access this resource';
  const long = (length: number) => `${'a'.repeat(length - 1)}*`;
  const statement = (change: object) => ({
    principalId: 'u',
    policyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...change }] },
  });
  const { principalId: _, ...nobody } = policy('Allow', '*');

  it.each<[string, ReturnType<typeof restApi>, () => Promise<unknown>, string]>([
    ['REST: allow', REST, allowAll, '200'],
    ['REST: deny', REST, async () => policy('Deny', '*'), `403 ${DENIED} with an explicit deny`],
    ['REST: nothing that fits', REST, async () => policy('Allow', 'x'), `403 ${DENIED}`],
    ['REST: 401', REST, throwing('Unauthorized'), '401 Unauthorized'],
    ['REST: almost 401', REST, throwing('Unauthorized.'), '500 Internal Server Error'],
    ['REST: a simple answer', REST, authorized, '500 Internal Server Error'],
    [
      'REST: 401 as an object',
      REST,
      async () => ({ errorMessage: 'Unauthorized' }),
      '500 Internal Server Error',
    ],
    ['REST: no principal', REST, async () => nobody, '500 Internal Server Error'],
    [
      'REST: an empty principal',
      REST,
      async () => ({ ...nobody, principalId: '' }),
      '500 Internal Server Error',
    ],
    ['REST: nothing', REST, async () => undefined, '500 Internal Server Error'],
    ['REST: a resource of 512', REST, async () => policy('Allow', ['*', long(512)]), '200'],
    [
      'REST: a resource of 513',
      REST,
      async () => policy('Allow', ['*', long(513)]),
      '500 Internal Server Error',
    ],
    ['REST: no resource', REST, async () => policy('Allow', []), '500 Internal Server Error'],
    ['REST: a condition', REST, async () => statement({ Condition: {} }), '500 Internal Server Error'],
    ['REST: another effect', REST, async () => statement({ Effect: 'ALLOW' }), '500 Internal Server Error'],
    [
      'REST: NotResource',
      REST,
      async () => statement({ Resource: undefined, NotResource: 'x' }),
      '500 Internal Server Error',
    ],
    ['HTTP 1.0: allow', httpApi(HTTP_1), allowAll, '200'],
    ['HTTP 1.0: deny', httpApi(HTTP_1), async () => policy('Deny', '*'), '403 Forbidden'],
    ['HTTP 1.0: 401', httpApi(HTTP_1), async () => ({ errorMessage: 'Unauthorized' }), '401 Unauthorized'],
    ['HTTP 1.0: 401 thrown', httpApi(HTTP_1), throwing('Unauthorized'), '500 Internal Server Error'],
    ['HTTP 1.0: a simple answer', httpApi(HTTP_1), authorized, '500 Internal Server Error'],
    ['HTTP 2.0: allow', httpApi(HTTP_2), allowAll, '200'],
    ['HTTP 2.0: a simple answer where none is set', httpApi(HTTP_2), authorized, '500 Internal Server Error'],
    ['simple: authorized', httpApi(SIMPLE), authorized, '200'],
    ['simple: not', httpApi(SIMPLE), async () => ({ isAuthorized: false }), '403 Forbidden'],
    [
      'simple: in words',
      httpApi(SIMPLE),
      async () => ({ isAuthorized: 'true' }),
      '500 Internal Server Error',
    ],
    ['simple: a policy', httpApi(SIMPLE), allowAll, '500 Internal Server Error'],
    ['simple: 401', httpApi(SIMPLE), async () => ({ errorMessage: 'Unauthorized' }), '401 Unauthorized'],
    ['simple: thrown', httpApi(SIMPLE), throwing('Unauthorized'), '500 Internal Server Error'],
    ['WebSocket: allow', webSocketApi(request({})), allowAll, '101'],
    [
      'WebSocket: deny',
      webSocketApi(request({})),
      async () => policy('Deny', '*'),
      `403 ${DENIED} with an explicit deny`,
    ],
    ['WebSocket: 401', webSocketApi(request({})), throwing('Unauthorized'), '401 Unauthorized'],
    ['WebSocket: thrown', webSocketApi(request({})), throwing('x'), '500 Internal Server Error'],
    [
      'WebSocket: over 8 KB',
      webSocketApi(request({})),
      async () => policy('Allow', '*', { context: { a: 'a'.repeat(8200) } }),
      '500 Internal Server Error',
    ],
  ])('%s', async (__, api, authorize, expected) => {
    const answer = await bench(api, authorize).ask('GET /a');
    const text = answer.backend ? '' : ` ${String(textOf(answer))}`;
    expect(`${answer.status}${text}`).toBe(expected);
  });
});

describe('the context, as the backend gets it', () => {
  const context = { text: 'a', number: 1, yes: true };
  const nested = { list: ['a'], map: { a: 1 } };
  const told = async (api: ReturnType<typeof restApi>, answer: unknown) => {
    const { status, backend } = await bench(api, async () => answer).ask('GET /a');
    return backend?.authorizer ?? status;
  };
  const iam = (of: object) => policy('Allow', '*', { context: of });

  it('REST: text of everything; what is nested fails', async () => {
    expect(await told(REST, iam(context))).toEqual({ text: 'a', number: '1', yes: 'true', principalId: 'u' });
    expect(await told(REST, iam({ list: ['a'] }))).toBe(500);
    expect(await told(REST, iam({ nothing: null }))).toBe(500);
  });

  it('HTTP 1.0: scalars, and `claims` is taken', async () => {
    expect(await told(httpApi(HTTP_1), iam(context))).toEqual({ ...context, principalId: 'u' });
    expect(await told(httpApi(HTTP_1), iam(nested))).toBe(500);
    expect(await told(httpApi(HTTP_1), iam({ claims: 'a' }))).toBe(500);
  });

  it('HTTP 2.0: lists and maps too', async () => {
    expect(await told(httpApi(HTTP_2), iam(nested))).toEqual({ ...nested, principalId: 'u' });
    expect(await told(httpApi(SIMPLE), { isAuthorized: true, context: nested })).toEqual(nested);
    expect(await told(httpApi(SIMPLE), { isAuthorized: true })).toEqual({});
  });
});

describe('gateway responses of a REST API', () => {
  const api = restApi(TOKEN, {
    gatewayResponses: {
      UNAUTHORIZED: { headers: { 'www-authenticate': 'Bearer' }, statusCode: 418 },
      ACCESS_DENIED: {
        template: '{"type":"$context.error.responseType","text":$context.error.messageString}',
      },
      DEFAULT_4XX: { headers: { 'access-control-allow-origin': '*' } },
      DEFAULT_5XX: { template: '$context.error.message' },
    },
  });

  it('change status, headers and body of their own type; DEFAULT_4XX and DEFAULT_5XX the rest', async () => {
    expect(await bench(api, throwing('Unauthorized')).ask('GET /a')).toMatchObject({
      status: 418,
      headers: { 'www-authenticate': 'Bearer' },
      body: '{"message":"Unauthorized"}',
    });
    const denied = await bench(api, async () => policy('Deny', '*')).ask('GET /a');
    expect(JSON.parse(denied.body)).toEqual({
      type: 'ACCESS_DENIED',
      text: 'User is not authorized to access this resource with an explicit deny',
    });
    expect(denied.headers).not.toHaveProperty('access-control-allow-origin');
    expect(await bench(api, throwing('x')).ask('GET /a')).toMatchObject({
      status: 500,
      body: 'Internal Server Error',
    });
    expect(await bench({ ...api, routes: ['GET /b'] }, allowAll).ask('GET /a')).toMatchObject({
      status: 403,
      headers: { 'access-control-allow-origin': '*' },
    });
  });

  it('are none of an HTTP API', async () => {
    const http = httpApi(HTTP_2, { gatewayResponses: { DEFAULT_5XX: { statusCode: 599 } } });
    expect((await bench(http, throwing('x')).ask('GET /a')).status).toBe(500);
  });
});
