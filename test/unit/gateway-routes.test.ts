import { describe, expect, it } from '@jest/globals';
import { methodArn } from '../../sandbox/gateway/method-arn.ts';
import { AS_SENT, EVERY_SETTING, type RequestAuthorizer } from '../../sandbox/gateway/model.ts';
import { arnOf, bench, httpApi, policy, restApi, textOf, webSocketApi } from '../support/gateways.ts';

const REST: RequestAuthorizer = { type: 'REQUEST', identitySources: [], ttlSeconds: 0 };
const HTTP_1: RequestAuthorizer = { ...REST, payloadFormatVersion: '1.0' };
const HTTP_2: RequestAuthorizer = { ...REST, payloadFormatVersion: '2.0' };
const allowAll = async () => policy('Allow', '*');
const arn = (path: string, switches = {}) =>
  methodArn(restApi(REST), { method: 'GET', path }, { ...AS_SENT, ...switches });

describe('the ARN', () => {
  it('is of the API, the stage, the verb and the path as it was filled in', () => {
    expect(arn('/items/a:b/c')).toBe(
      'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/dev/GET/items/a:b/c',
    );
    expect(methodArn(httpApi(HTTP_2), { method: 'PUT', path: '/a' }, AS_SENT)).toBe(
      'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/$default/PUT/a',
    );
    expect(methodArn(webSocketApi(REST), { method: 'GET', path: '/' }, AS_SENT)).toBe(
      'arn:aws:execute-api:eu-west-1:123456789012:abcdef1234/dev/$connect',
    );
  });

  it.each<[string, string, object]>([
    ['/a%2Fb%20c', '/a%2Fb%20c', {}],
    ['/a%2Fb%20c', '/a/b c', { arnPath: 'decoded' }],
    ['/a%252Fb', '/a%2Fb', { arnPath: 'decoded' }],
    ['/100%', '/100%', { arnPath: 'decoded' }],
    ['/a/', '/a/', {}],
    ['/a/', '/a/', { trailingSlash: 'routed' }],
    ['/a/', '/a', { trailingSlash: 'dropped' }],
    ['/a%2F', '/a', { trailingSlash: 'dropped', arnPath: 'decoded' }],
    ['/', '/', { trailingSlash: 'dropped' }],
    ['//', '/', { trailingSlash: 'dropped' }],
    ['//a', '//a', { trailingSlash: 'dropped' }],
  ])('of %s ends in %s with %p', (path, end, switches) => {
    expect(arn(path, switches)).toBe(`${arn('')}${end}`);
  });

  it('and the event say which verb the override puts in, or the one sent: a switch; the backend gets the former', async () => {
    const override = { 'x-http-method-override': 'delete' };
    for (const switches of EVERY_SETTING) {
      const { ask, events } = bench(restApi(REST), allowAll, switches);
      const { backend } = await ask('GET /a', override);
      const verb = switches.overriddenVerb === 'seen' ? 'DELETE' : 'GET';
      expect(backend).toMatchObject({ method: 'DELETE' });
      expect(events).toEqual([
        expect.objectContaining({ methodArn: arnOf(restApi(REST), verb, '/a'), httpMethod: verb }),
      ]);
    }
  });

  it('keeps the verb on an HTTP API, and where the override is none', async () => {
    const http = bench(httpApi(HTTP_2), allowAll);
    expect((await http.ask('GET /a', { 'X-HTTP-Method-Override': 'DELETE' })).backend?.method).toBe('GET');
    const rest = bench(restApi(REST), allowAll);
    expect((await rest.ask('GET /a', { 'X-HTTP-Method-Override': 'x/../y' })).backend?.method).toBe('GET');
  });

  it('of more than 1,600 bytes is 414, and nobody is asked', async () => {
    const { ask, see } = bench(restApi(REST), allowAll);
    const room = 1600 - arn('/').length;
    expect(await see(`GET /${'a'.repeat(room)}`)).toBe('200 invoked');
    expect(await ask(`GET /${'a'.repeat(room + 1)}`)).toMatchObject({ status: 414, asked: 'no' });
    expect(await see(`GET /${'é'.repeat(room - 20)}`)).toBe('414 no');
  });
});

describe('a REST API', () => {
  const routes = [
    'GET /pets',
    'ANY /pets',
    'GET /pets/{id}',
    'PUT /pets/{id}',
    'GET /pets/mine',
    'ANY /pets/{id}/{rest+}',
  ];
  const api = restApi(REST, { routes, openRoutes: ['GET /open', 'OPTIONS /pets'] });

  it.each<[string, string, object | null]>([
    ['GET /pets', 'GET /pets', null],
    ['POST /pets', 'ANY /pets', null],
    ['GET /pets/1', 'GET /pets/{id}', { id: '1' }],
    ['GET /pets/mine', 'GET /pets/mine', null],
    ['GET /pets/a%2Fb', 'GET /pets/{id}', { id: 'a/b' }],
    ['PUT /pets/1/a/b', 'ANY /pets/{id}/{rest+}', { id: '1', rest: 'a/b' }],
    ['GET /pets/1/a%20b', 'ANY /pets/{id}/{rest+}', { id: '1', rest: 'a b' }],
  ])('%s takes %s', async (call, routeKey, pathParameters) => {
    const { ask, events } = bench(api, allowAll);
    expect((await ask(call)).backend).toMatchObject({ routeKey });
    expect(events).toEqual([expect.objectContaining({ resource: routeKey.split(' ')[1], pathParameters })]);
  });

  it.each([
    'GET /',
    'GET /other',
    'GET /Pets',
    'GET /pets/',
    'GET /pets/1/',
    'GET //pets',
    'POST /pets/1',
    // The more specific resource is the one that is asked, whatever methods it lacks.
    'PUT /pets/mine',
  ])('%s is 403 for want of a route', async (call) => {
    const { ask, events } = bench(api, allowAll);
    const answer = await ask(call);
    expect({ ...answer, text: textOf(answer) }).toMatchObject({
      status: 403,
      text: 'Missing Authentication Token',
      backend: null,
    });
    expect(events).toEqual([]);
  });

  it('asks nobody about a route without an authorizer', async () => {
    const { see } = bench(api, async () => {
      throw new Error('asked');
    });
    expect(await see('GET /open')).toBe('200 no');
    expect(await see('OPTIONS /pets')).toBe('200 no');
    expect(await see('GET /pets')).toBe('500 invoked');
  });

  it.each([
    ['kept', 403, undefined],
    ['routed', 200, arnOf(api, 'GET', '/pets/')],
    ['dropped', 200, arnOf(api, 'GET', '/pets')],
  ] as const)('/pets/ with the slash %s', async (trailingSlash, status, named) => {
    const { ask, events } = bench(api, allowAll, { ...AS_SENT, trailingSlash });
    expect((await ask('GET /pets/')).status).toBe(status);
    expect(events[0]?.['methodArn']).toBe(named);
  });

  it('takes %2F for a separator where the path is decoded', async () => {
    const { ask, events } = bench(api, allowAll, { ...AS_SENT, arnPath: 'decoded' });
    expect((await ask('GET /pets%2Fmine')).backend).toMatchObject({ routeKey: 'GET /pets/mine' });
    expect(events[0]?.['methodArn']).toBe(arnOf(api, 'GET', '/pets/mine'));
  });
});

describe('an HTTP API', () => {
  const routes = ['GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}', '$default'];
  const api = httpApi(HTTP_2, { routes });

  // The guide's own example (http-api-develop-routes).
  it.each<[string, string]>([
    ['GET /pets/dog/1', 'GET /pets/dog/1'],
    ['GET /pets/dog/2', 'GET /pets/dog/{id}'],
    ['GET /pets/cat/1', 'GET /pets/{proxy+}'],
    ['POST /pets/dog/2', 'ANY /{proxy+}'],
    ['POST /test/5', 'ANY /{proxy+}'],
    ['GET /pets', 'ANY /{proxy+}'],
    ['GET /', '$default'],
  ])('%s takes %s, and the event says so', async (call, routeKey) => {
    const { ask, events } = bench(api, allowAll);
    expect((await ask(call)).backend).toMatchObject({ routeKey });
    const rawPath = call.split(' ')[1];
    expect(events[0]).toMatchObject({
      routeKey,
      rawPath,
      routeArn: expect.stringContaining(call.replace(' ', '')),
    });
  });

  it('without a fitting route is 404', async () => {
    const { ask } = bench(httpApi(HTTP_2, { routes: ['GET /a/{proxy+}'] }), allowAll);
    const answer = await ask('GET /a');
    expect({ ...answer, text: textOf(answer) }).toMatchObject({ status: 404, text: 'Not Found' });
  });
});

describe('the event', () => {
  const headers = { Authorization: 'Bearer a', Accept: ['x', 'y'], Cookie: 'a=1; b=2' };
  const call = 'GET /items/1?a=1&a=2&b=%20';
  const routes = ['GET /items/{id}'];

  it('of REST REQUEST has names as sent, last values and all values, and null for nothing', async () => {
    const { ask, events } = bench(restApi(REST, { routes, stageVariables: { v: '1' } }), allowAll);
    await ask(call, headers);
    await ask('GET /items/1', {});
    expect(events[0]).toMatchObject({
      type: 'REQUEST',
      resource: '/items/{id}',
      path: '/items/1',
      httpMethod: 'GET',
      headers: { Authorization: 'Bearer a', Accept: 'y' },
      multiValueHeaders: { Authorization: ['Bearer a'], Accept: ['x', 'y'] },
      pathParameters: { id: '1' },
      queryStringParameters: { a: '2', b: ' ' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: [' '] },
      stageVariables: { v: '1' },
      requestContext: {
        resourcePath: '/items/{id}',
        path: '/dev/items/1',
        httpMethod: 'GET',
        stage: 'dev',
        apiId: 'abcdef1234',
      },
    });
    expect(events[0]).not.toHaveProperty('body');
    expect(events[1]).toMatchObject({ headers: null, multiValueHeaders: null, queryStringParameters: null });
  });

  it('of REST TOKEN is three members and no more', async () => {
    const api = restApi({ type: 'TOKEN', identitySource: 'method.request.header.Authorization' }, { routes });
    const { ask, events } = bench(api, allowAll);
    await ask(call, headers);
    expect(events).toEqual([
      { type: 'TOKEN', authorizationToken: 'Bearer a', methodArn: arnOf(api, 'GET', '/items/1') },
    ]);
  });

  it('of HTTP 1.0 has methodArn, joined values and the identity in two places', async () => {
    const api = httpApi(
      { ...HTTP_1, identitySources: ['$request.header.authorization', '$request.querystring.b'] },
      { routes },
    );
    const { ask, events } = bench(api, allowAll);
    await ask(call, { ...headers, X: 'é' });
    await ask(`${call}x`, headers);
    // The blank is a value.
    expect(events[0]).toMatchObject({
      version: '1.0',
      methodArn: arnOf(api, 'GET', '/items/1'),
      identitySource: 'Bearer a, ',
      authorizationToken: 'Bearer a, ',
      resource: '/items/{id}',
      headers: { authorization: 'Bearer a', accept: 'x,y', x: 'é' },
      queryStringParameters: { a: '1,2' },
      pathParameters: { id: '1' },
    });
  });

  it('of HTTP 2.0 has routeArn, the template for a route key, and leaves out what there is not', async () => {
    const api = httpApi(HTTP_2, { routes, stage: 'beta' });
    const { ask, events } = bench(api, allowAll);
    await ask(call, headers);
    await ask('GET /items/1', {});
    expect(events[0]).toMatchObject({
      version: '2.0',
      type: 'REQUEST',
      routeArn: arnOf(api, 'GET', '/items/1'),
      routeKey: 'GET /items/{id}',
      rawPath: '/beta/items/1',
      rawQueryString: 'a=1&a=2&b=%20',
      cookies: ['a=1', 'b=2'],
      requestContext: { http: { method: 'GET', path: '/beta/items/1' }, routeKey: 'GET /items/{id}' },
    });
    for (const name of ['methodArn', 'identitySource', 'stageVariables'])
      expect(events[0]).not.toHaveProperty(name);
    for (const name of ['cookies', 'queryStringParameters']) expect(events[1]).not.toHaveProperty(name);
  });

  it('of a WebSocket is about $connect and has no path', async () => {
    const { ask, events } = bench(webSocketApi(REST), allowAll);
    expect(await ask('GET /?token=a')).toMatchObject({ status: 101, backend: { routeKey: '$connect' } });
    expect(events[0]).toMatchObject({
      methodArn: expect.stringMatching(/\/dev\/\$connect$/),
      queryStringParameters: { token: 'a' },
      requestContext: { routeKey: '$connect', eventType: 'CONNECT' },
    });
    for (const name of ['path', 'httpMethod', 'pathParameters', 'resource'])
      expect(events[0]).not.toHaveProperty(name);
  });

  it.each([
    ['raw', '/a%20b/'],
    ['normalised', '/a b'],
  ] as const)('carries the path %s', async (eventPath, path) => {
    const { ask, events } = bench(restApi(REST), allowAll, { ...AS_SENT, eventPath });
    await ask('GET /a%20b/');
    expect(events[0]).toMatchObject({
      path,
      requestContext: { path: `/dev${path}` },
      methodArn: arnOf(restApi(REST), 'GET', '/a%20b/'),
    });
  });
});

it.each(['GET', 'get /a', 'GET a', '$default', '$connect', 'GET /{a+}/b'])(
  '%p is no route of a REST API',
  (route) => {
    expect(() => bench(restApi(REST, { routes: [route] }), allowAll)).toThrow(`\`${route}\``);
  },
);
