/** The event that the authorizer gets: five front ends, as the API Gateway guide shows them (contracts A1, A2, A6, A7). */

import { queryValues } from './identity.ts';
import { authorizedVerb, carriedPath, headerValues } from './method-arn.ts';
import type { Api, GatewayRequest, Switches } from './model.ts';
import type { RouteMatch } from './routes.ts';

type Json = Record<string, unknown>;

export interface Asked {
  api: Api;
  request: GatewayRequest;
  switches: Switches;
  route: RouteMatch;
  methodArn: string;
  /** In the order of the sources. */
  identity: readonly string[];
  /** `$context`, which is a REST event's `requestContext` too. */
  context: Json;
}

/** `$context`: what identity sources may name. */
export function contextOf(
  { api, request, switches, route }: Pick<Asked, 'api' | 'request' | 'switches' | 'route'>,
  nowMs: number,
): Json {
  const domainName = `${api.apiId}.execute-api.${api.region}.amazonaws.com`;
  const identity = {
    sourceIp: request.sourceIp ?? '127.0.0.1',
    userAgent: headerValues(request.headers, 'user-agent').at(-1) ?? null,
  };
  const common = {
    accountId: api.account,
    apiId: api.apiId,
    stage: api.stage,
    domainName,
    domainPrefix: api.apiId,
    requestId: 'local',
    requestTimeEpoch: nowMs,
    identity,
  };
  if (api.kind === 'websocket')
    return {
      ...common,
      routeKey: '$connect',
      eventType: 'CONNECT',
      messageDirection: 'IN',
      connectionId: 'local',
    };
  return {
    ...common,
    protocol: 'HTTP/1.1',
    httpMethod: authorizedVerb(api, request, switches),
    // Below the stage, but for `$default`, which is no part of a path.
    path: `${api.stage === '$default' ? '' : `/${api.stage}`}${carriedPath(request.path, switches)}`,
    ...(api.kind === 'rest' ? { resourcePath: route.template } : { routeKey: route.routeKey }),
  };
}

export function eventFor(asked: Asked): Json {
  const { api, methodArn, identity } = asked;
  if (api.authorizer.type === 'TOKEN') return { type: 'TOKEN', authorizationToken: identity[0], methodArn };
  if (api.kind === 'websocket') return webSocketEvent(asked);
  if (api.kind === 'rest') return restEvent(asked);
  return api.authorizer.payloadFormatVersion === '2.0' ? httpEvent2(asked) : httpEvent1(asked);
}

function restEvent({ api, request, switches, route, methodArn, context }: Asked): Json {
  return {
    type: 'REQUEST',
    methodArn,
    resource: route.template,
    path: carriedPath(request.path, switches),
    httpMethod: context['httpMethod'],
    ...headersAndQuery(request),
    pathParameters: route.pathParameters,
    stageVariables: api.stageVariables ?? null,
    requestContext: context,
  };
}

function webSocketEvent({ api, request, methodArn, context }: Asked): Json {
  return {
    type: 'REQUEST',
    methodArn,
    ...headersAndQuery(request),
    stageVariables: api.stageVariables ?? null,
    requestContext: context,
  };
}

/** REST and WebSocket: names as sent; a name's last value, and all values beside it. */
function headersAndQuery({ headers = {}, query = '' }: GatewayRequest): Json {
  const multiple = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
  const parameters = Object.fromEntries(queryNames(query).map((name) => [name, queryValues(query, name)]));
  return {
    headers: lastOfEach(multiple),
    multiValueHeaders: orNull(multiple),
    queryStringParameters: lastOfEach(parameters),
    multiValueQueryStringParameters: orNull(parameters),
  };
}

function httpEvent1({ api, request, route, methodArn, identity, context }: Asked): Json {
  const { routeKey: _, ...requestContext } = context;
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn,
    ...(identity.length > 0 && {
      identitySource: identity.join(','),
      authorizationToken: identity.join(','),
    }),
    resource: route.template || route.routeKey,
    path: context['path'],
    httpMethod: context['httpMethod'],
    headers: joinedHeaders(request),
    queryStringParameters: joinedQuery(request),
    pathParameters: route.pathParameters ?? {},
    stageVariables: api.stageVariables ?? {},
    requestContext: {
      ...requestContext,
      resourceId: route.routeKey,
      resourcePath: route.template || route.routeKey,
    },
  };
}

/** What there is none of is not there at all. */
function httpEvent2({ api, request, route, methodArn, identity, context }: Asked): Json {
  const {
    httpMethod: method,
    path,
    protocol,
    identity: caller,
    requestTimeEpoch,
    ...requestContext
  } = context;
  const cookies = headerValues(request.headers, 'cookie').flatMap((each) => each.split(/; */));
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: methodArn,
    ...(identity.length > 0 && { identitySource: identity }),
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: request.query ?? '',
    ...(cookies.length > 0 && { cookies }),
    headers: joinedHeaders(request),
    ...(request.query && { queryStringParameters: joinedQuery(request) }),
    requestContext: {
      ...requestContext,
      http: { method, path, protocol, ...(caller as Json) },
      timeEpoch: requestTimeEpoch,
    },
    ...(route.pathParameters && { pathParameters: route.pathParameters }),
    ...(api.stageVariables && { stageVariables: api.stageVariables }),
  };
}

/** HTTP APIs: names in lower case, values joined. */
function joinedHeaders({ headers = {} }: GatewayRequest): Json {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return Object.fromEntries([...names].map((name) => [name, headerValues(headers, name).join(',')]));
}

function joinedQuery({ query = '' }: GatewayRequest): Json {
  return Object.fromEntries(queryNames(query).map((name) => [name, queryValues(query, name).join(',')]));
}

function queryNames(query: string): string[] {
  return query === '' ? [] : [...new Set(new URLSearchParams(query).keys())];
}

function lastOfEach(values: Record<string, readonly string[]>): Json | null {
  return orNull(Object.fromEntries(Object.entries(values).map(([name, each]) => [name, each.at(-1) ?? ''])));
}

function orNull<T extends object>(map: T): T | null {
  return Object.keys(map).length === 0 ? null : map;
}
