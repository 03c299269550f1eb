/** A REST API: its routes, its authorizers, and what a stage keeps of its responses. */

import {
  type APIGatewayClient,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetRestApiCommand,
  GetStageCommand,
  type Authorizer,
  type Method,
  type Resource,
  type Stage,
} from '@aws-sdk/client-api-gateway';
import type { Api, ApiAuthorizer, ApiRoute, CachedRoute } from '../audit/facts.ts';
import { functionOf } from './authorizer-functions.ts';
import { allPages, type PartReader } from './parts.ts';

const PAGE = 500;
/** API Gateway's own, where an authorizer says nothing (contracts A5). */
const DEFAULT_TTL = 300;

export interface RestApi {
  api: Api;
  /** Null without a stage. */
  cached: CachedRoute[] | null;
}

export async function readRestApi(
  client: APIGatewayClient,
  { restApiId, stageName }: { restApiId: string; stageName: string | undefined },
  { ask }: PartReader,
): Promise<RestApi | null> {
  const get = <T>(call: () => Promise<T>) => ask(`apigateway:GET of REST API ${restApiId}`, call);
  const found = await get(() => client.send(new GetRestApiCommand({ restApiId })));
  if (found === null) return null;
  const [resources, authorizers, stage] = await Promise.all([
    get(() =>
      allPages(async (position?: string) => {
        const command = new GetResourcesCommand({ restApiId, embed: ['methods'], limit: PAGE, position });
        const { items, position: next } = await client.send(command);
        return { items, next };
      }),
    ),
    get(() =>
      allPages(async (position?: string) => {
        const command = new GetAuthorizersCommand({ restApiId, limit: PAGE, position });
        const { items, position: next } = await client.send(command);
        return { items, next };
      }),
    ),
    stageName === undefined ? null : get(() => client.send(new GetStageCommand({ restApiId, stageName }))),
  ]);
  if (resources === null || authorizers === null) return null;
  const methods = resources.flatMap(methodsOf);
  return {
    api: {
      kind: 'REST',
      id: restApiId,
      name: found.name ?? '',
      routes: methods.map(routeOf),
      authorizers: authorizers.map((each) => authorizerOf(each, stage?.variables)),
      cors: false,
    },
    cached:
      stage && methods.filter((each) => isCached(stage, each)).map((each) => cachedRoute(restApiId, each)),
  };
}

interface RestMethod {
  path: string;
  verb: string;
  method: Method;
}

function methodsOf({ path = '', resourceMethods = {} }: Resource): RestMethod[] {
  return Object.entries(resourceMethods).map(([verb, method]) => ({ path, verb, method }));
}

function routeOf({ path, verb, method }: RestMethod): ApiRoute {
  return {
    key: `${verb} ${path}`,
    authorization: method.authorizationType ?? 'NONE',
    authorizerId: method.authorizerId ?? null,
    apiKeyRequired: method.apiKeyRequired === true,
  };
}

function authorizerOf(authorizer: Authorizer, variables: Record<string, string> | undefined): ApiAuthorizer {
  return {
    id: authorizer.id ?? '',
    name: authorizer.name ?? '',
    type: authorizer.type ?? '',
    ttlSeconds: authorizer.authorizerResultTtlInSeconds ?? DEFAULT_TTL,
    identitySources: (authorizer.identitySource ?? '')
      .split(',')
      .map((source) => source.trim())
      .filter(Boolean),
    functionArn: functionOf(authorizer.authorizerUri, variables),
    payloadVersion: null,
    simpleResponses: false,
  };
}

/** A stage's cache is for GET, unless a method says otherwise for itself (AWS: api-gateway-caching). */
function isCached({ cacheClusterEnabled, methodSettings = {} }: Stage, { path, verb }: RestMethod): boolean {
  if (cacheClusterEnabled !== true) return false;
  // A path's slashes are escaped as in a JSON pointer, but for the root's own.
  const own = methodSettings[`${path.replaceAll('/', '~1')}/${verb}`];
  if (own?.cachingEnabled !== undefined) return own.cachingEnabled;
  return verb === 'GET' && methodSettings['*/*']?.cachingEnabled === true;
}

function cachedRoute(apiId: string, each: RestMethod): CachedRoute {
  const { key, authorization } = routeOf(each);
  return {
    apiId,
    key,
    authorization,
    keyParameters: each.method.methodIntegration?.cacheKeyParameters ?? [],
  };
}
