/** Authorizer events as each front end sends them (contracts A1 to A8); change exactly one thing. */

type Json = Record<string, unknown>;

const API = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef123';

export interface Call {
  authorization?: string;
  verb?: string;
  path?: string;
}

const TARGET = { authorization: 'Bearer a.b.c', verb: 'GET', path: '/articles/1' };

export function restTokenEvent(call: Call = {}): Json {
  const { authorization, verb, path } = { ...TARGET, ...call };
  return { type: 'TOKEN', authorizationToken: authorization, methodArn: `${API}/dev/${verb}${path}` };
}

export function restRequestEvent(call: Call = {}, change: Json = {}): Json {
  const { authorization, verb, path } = { ...TARGET, ...call };
  return {
    type: 'REQUEST',
    methodArn: `${API}/dev/${verb}${path}`,
    resource: '/{proxy+}',
    path,
    httpMethod: verb,
    headers: { Authorization: authorization, Host: 'abcdef123.execute-api.eu-west-1.amazonaws.com' },
    multiValueHeaders: { Authorization: [authorization] },
    pathParameters: { proxy: path.slice(1) },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef123',
      domainName: 'abcdef123.execute-api.eu-west-1.amazonaws.com',
      httpMethod: verb,
      path: `/dev${path}`,
      resourcePath: '/{proxy+}',
      stage: 'dev',
    },
    ...change,
  };
}

export function http1Event(call: Call = {}, change: Json = {}): Json {
  const { authorization, verb, path } = { ...TARGET, ...call };
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: `${API}/$default/${verb}${path}`,
    identitySource: authorization,
    authorizationToken: authorization,
    resource: '/articles/{id}',
    path,
    httpMethod: verb,
    headers: { authorization },
    queryStringParameters: {},
    pathParameters: { id: '1' },
    stageVariables: {},
    requestContext: {
      domainName: 'abcdef123.execute-api.eu-west-1.amazonaws.com',
      httpMethod: verb,
      path,
      stage: '$default',
    },
    ...change,
  };
}

export function http2Event(call: Call = {}, change: Json = {}): Json {
  const { authorization, verb, path } = { ...TARGET, ...call };
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: `${API}/$default/${verb}${path}`,
    routeKey: 'GET /articles/{id}',
    rawPath: path,
    rawQueryString: '',
    headers: { authorization },
    requestContext: {
      apiId: 'abcdef123',
      domainName: 'abcdef123.execute-api.eu-west-1.amazonaws.com',
      http: { method: verb, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      routeKey: 'GET /articles/{id}',
      stage: '$default',
    },
    ...change,
  };
}

export function webSocketEvent(call: Call = {}, change: Json = {}): Json {
  const { authorization } = { ...TARGET, ...call };
  return {
    type: 'REQUEST',
    methodArn: `${API}/dev/$connect`,
    headers: { Authorization: authorization },
    multiValueHeaders: { Authorization: [authorization] },
    queryStringParameters: null,
    stageVariables: null,
    requestContext: {
      routeKey: '$connect',
      eventType: 'CONNECT',
      connectionId: 'id',
      domainName: 'abcdef123.execute-api.eu-west-1.amazonaws.com',
      stage: 'dev',
      apiId: 'abcdef123',
    },
    ...change,
  };
}
