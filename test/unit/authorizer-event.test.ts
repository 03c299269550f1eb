import { describe, expect, it } from '@jest/globals';
import { readAuthorizerEvent } from '../../shared/events/authorizer-event.ts';
import { parseMethodArn } from '../../shared/events/method-arn.ts';
import {
  http1Event,
  http2Event,
  restRequestEvent,
  restTokenEvent,
  webSocketEvent,
} from '../support/events.ts';

const API = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef123';

describe('a method ARN', () => {
  it.each([
    [`${API}/dev/GET/articles/1`, 'dev', 'GET', '/articles/1'],
    [`${API}/$default/POST/a`, '$default', 'POST', '/a'],
    [`${API}/ESTestInvoke-stage/GET/a`, 'ESTestInvoke-stage', 'GET', '/a'],
    [`${API}/dev/GET/`, 'dev', 'GET', '/'],
    [`${API}/dev/GET//`, 'dev', 'GET', '/'],
    [`${API}/dev/GET`, 'dev', 'GET', '/'],
    [`${API}/dev/GET/a:b/c:d`, 'dev', 'GET', '/a:b/c:d'],
    [`${API}/dev/GET/a/`, 'dev', 'GET', '/a/'],
    [`${API}/dev/GET/a//b`, 'dev', 'GET', '/a//b'],
    [`${API}/dev/GET/a\nb`, 'dev', 'GET', '/a\nb'],
    ['arn:aws-us-gov:execute-api:us-gov-west-1:1:api/dev/GET/a', 'dev', 'GET', '/a'],
  ])('%p', (text, stage, verb, path) => {
    expect(parseMethodArn(text, 'methodArn')).toEqual({
      text,
      stage,
      verb,
      path,
      stageArn: text.slice(0, text.indexOf(`/${verb}`)),
    });
  });

  it.each([
    '',
    'x',
    'arn:aws:s3:::bucket/key',
    API,
    `${API}/dev`,
    'arn:aws:execute-api:eu-west-1:1:/dev/GET/a',
    `${API}//GET/a`,
  ])('%p is none', (text) => {
    expect(() => parseMethodArn(text, 'methodArn')).toThrow('methodArn');
  });
});

describe('five front ends are told apart by the event alone', () => {
  it.each([
    ['rest-token', restTokenEvent(), 'GET', '/articles/1'],
    ['rest-request', restRequestEvent(), 'GET', '/articles/1'],
    ['http-1.0', http1Event(), 'GET', '/articles/1'],
    ['http-2.0', http2Event(), 'GET', '/articles/1'],
    ['websocket', webSocketEvent(), 'CONNECT', '/'],
  ])('%s', (front, event, verb, path) => {
    expect(readAuthorizerEvent(event)).toMatchObject({
      front,
      verb,
      path,
      authorization: 'Bearer a.b.c',
      flaw: null,
    });
  });

  it('a REST path that ends in /$connect is no WebSocket', () => {
    const call = readAuthorizerEvent(restRequestEvent({ path: '/admin/$connect' }));
    expect(call).toMatchObject({ front: 'rest-request', verb: 'GET', path: '/admin/$connect' });
  });

  it.each([
    ['REST', restRequestEvent({ verb: 'CONNECT', path: '/' })],
    ['HTTP', http2Event({ verb: 'CONNECT', path: '/' }, { routeKey: '$default' })],
  ])('the HTTP method CONNECT on a %s API is not a WebSocket’s', (_, event) => {
    expect(readAuthorizerEvent(event).flaw).toBe('verb_unknown');
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'event'],
    ['a list', []],
    ['an empty object', {}],
    ['no type', { methodArn: `${API}/dev/GET/a` }],
    ['another type', { type: 'PING', methodArn: `${API}/dev/GET/a` }],
    ['no ARN', { type: 'TOKEN', authorizationToken: 'Bearer a' }],
    [
      'a methodArn where a routeArn belongs',
      { ...http2Event(), routeArn: undefined, methodArn: `${API}/dev/GET/a` },
    ],
    ['an ARN that is no text', { type: 'TOKEN', methodArn: 5 }],
    ['a header that is no text', restRequestEvent({}, { headers: { Authorization: { a: 1 } } })],
    ['a path that is no text', restRequestEvent({}, { path: 1 })],
    ['a context that is text', restRequestEvent({}, { requestContext: 'x' })],
  ])('refuses %s', (_, event) => {
    expect(() => readAuthorizerEvent(event)).toThrow(expect.objectContaining({ name: 'EventError' }));
  });
});

describe('the Authorization header', () => {
  const authorizationOf = (headers: unknown, multiValueHeaders: unknown = null) =>
    readAuthorizerEvent(restRequestEvent({}, { headers, multiValueHeaders })).authorization;

  it.each<[string, unknown, unknown, string | null]>([
    ['in any case', { AUTHORIZATION: 'x' }, null, 'x'],
    ['once in both maps', { Authorization: 'x' }, { Authorization: ['x'] }, 'x'],
    ['only in the multi-value map', null, { authorization: ['x'] }, 'x'],
    ['missing', { Host: 'h' }, null, null],
    ['no headers at all', null, null, null],
    // Whoever sends two must not have us pick one and the backend the other.
    ['twice', { Authorization: 'y' }, { Authorization: ['x', 'y'] }, 'x, y'],
    ['the same twice', { Authorization: 'x' }, { Authorization: ['x', 'x'] }, 'x, x'],
    ['in two cases', { Authorization: 'x', authorization: 'y' }, null, 'x, y'],
    ['different in the two maps', { Authorization: 'y' }, { Authorization: ['x'] }, 'x, y'],
  ])('%s', (_, headers, multi, value) => {
    expect(authorizationOf(headers, multi)).toBe(value);
  });
});

it('a TOKEN event’s token is in its one place: its headers are not asked', () => {
  const { authorizationToken: _, ...event } = restTokenEvent();
  const headers = { Authorization: 'Bearer a.b.c' };
  expect(
    readAuthorizerEvent({ ...event, headers, multiValueHeaders: { Authorization: ['x'] } }),
  ).toMatchObject({
    front: 'rest-token',
    authorization: null,
  });
});

describe('what the event says beside the ARN must agree with it', () => {
  const rest = (change: object, call = {}) => restRequestEvent(call, change as never);
  const context = (change: object) => ({
    requestContext: { ...(restRequestEvent()['requestContext'] as object), ...change },
  });
  const custom = { domainName: 'api.example.com' };

  it.each<[string, unknown]>([
    ['the path below the stage', rest({ path: '/dev/articles/1' })],
    ['the path encoded otherwise', rest({ path: '/%61rticles/1' })],
    ['a trailing slash', rest({ path: '/articles/1/' })],
    ['a template', rest({ resource: '/articles/{id}' })],
    ['a literal resource', rest({ resource: '/articles/1' })],
    ['a greedy tail', rest({ resource: '/articles/{proxy+}' })],
    ['the $default route', http2Event({}, { routeKey: '$default' })],
    ['ANY in a route key', http2Event({}, { routeKey: 'ANY /articles/{id}' })],
    [
      'a base path on a custom domain',
      rest({ path: '/v1/articles/1', ...context({ ...custom, path: '/v1/articles/1' }) }),
    ],
    [
      'the root of a base path',
      rest({ path: '/v1', resource: '/', ...context({ ...custom, path: '/v1' }) }, { path: '/' }),
    ],
    ['the root below the stage', rest({ resource: '/', ...context({ path: '/dev' }) }, { path: '/' })],
    [
      'nothing beside it',
      rest({ path: undefined, resource: undefined, httpMethod: undefined, requestContext: undefined }),
    ],
    [
      'HTTP API with its stage in the raw path',
      http2Event({}, { routeArn: `${API}/prod/GET/articles/1`, rawPath: '/prod/articles/1' }),
    ],
  ])('%s agrees', (_, event) => {
    expect(readAuthorizerEvent(event).flaw).toBeNull();
  });

  it.each<[string, unknown]>([
    ['another path', rest({ path: '/articles/2' })],
    ['a longer path', rest({ path: '/articles/1/2' })],
    ['a shorter path', rest({ path: '/articles' })],
    ['a prefix that is not the stage', rest({ path: '/v1/articles/1' })],
    ['two prefixes', rest({ path: '/v1/dev/articles/1' })],
    ['a path of another case', rest({ path: '/Articles/1' })],
    ['an ambiguous path', rest({ path: '/x/../articles/1' })],
    ['another path in the context', rest(context({ path: '/dev/articles/2' }))],
    ['another verb', rest({ httpMethod: 'POST' })],
    ['a shorter resource', rest({ resource: '/articles' })],
    ['another literal resource', rest({ resource: '/users/{id}' })],
    ['a longer greedy resource', rest({ resource: '/articles/{id}/comments/{proxy+}' })],
    ['another route key', http2Event({}, { routeKey: 'GET /users/{id}' })],
    ['another verb in the route key', http2Event({}, { routeKey: 'POST /articles/{id}' })],
    [
      'another verb in the HTTP context',
      http2Event({}, { requestContext: { http: { method: 'POST', path: '/articles/1' } } }),
    ],
    ['another raw path', http2Event({}, { rawPath: '/articles/2' })],
    [
      'another path in the HTTP context',
      http2Event({}, { requestContext: { http: { method: 'GET', path: '/articles/2' } } }),
    ],
    ['another verb in the REST context', rest(context({ httpMethod: 'DELETE' }))],
    ['another resource in the REST context', rest(context({ resourcePath: '/users/{id}' }))],
    [
      'another route key in the HTTP context',
      http2Event({}, { requestContext: { routeKey: 'DELETE /articles/{id}' } }),
    ],
    ['a socket with an HTTP method', webSocketEvent({}, { httpMethod: 'GET' })],
    ['another socket route', webSocketEvent({}, { requestContext: { routeKey: 'sendmessage' } })],
    ['an ambiguous ARN', rest({}, { path: '/a//b' })],
  ])('%s does not', (_, event) => {
    expect(readAuthorizerEvent(event).flaw).toBe('path_ambiguous');
  });

  it('a TOKEN event has nothing to compare with', () => {
    expect(readAuthorizerEvent(restTokenEvent({ path: '/a//b' })).flaw).toBeNull();
  });
});

describe('a request that is denied whatever the rules say', () => {
  it.each(['X-HTTP-Method-Override', 'x-http-method-override', 'X-Http-Method', 'X-Method-Override'])(
    '%s',
    (name) => {
      expect(readAuthorizerEvent(restRequestEvent({}, { headers: { [name]: 'DELETE' } })).flaw).toBe(
        'method_override',
      );
      expect(readAuthorizerEvent(restRequestEvent({}, { multiValueHeaders: { [name]: [''] } })).flaw).toBe(
        'method_override',
      );
    },
  );

  it('an ARN of 513 characters', () => {
    const path = (length: number) => `/${'a'.repeat(length - `${API}/dev/GET/`.length)}`;
    expect(readAuthorizerEvent(restRequestEvent({ path: path(512) })).flaw).toBeNull();
    expect(readAuthorizerEvent(restRequestEvent({ path: path(513) })).flaw).toBe('path_too_long');
    expect(readAuthorizerEvent(restTokenEvent({ path: path(513) })).flaw).toBe('path_too_long');
  });
});
