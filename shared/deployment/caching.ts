/**
 * Whether the gateways' caches tell requests apart. An answer is for one request only: where the cache's key does not
 * hold caller, verb and path, one request's answer is given to another (contracts A5).
 */

import type { DeploymentIssue } from './issues.ts';
import type { HttpApiAuthorizer, RestAuthorizer, Service } from './service.ts';

/** API Gateway's own, where a REST API's authorizer says nothing. */
const REST_DEFAULT_TTL = 300;

const REST_KEY = ['method.request.header.Authorization', 'context.httpMethod', 'context.path'];
const HTTP_KEY = ['$request.header.Authorization', '$context.httpMethod', '$context.path'];

/** `ttlSeconds`: the longest that the authorizer counts on (`AUTHORIZER_TTL_SECONDS`). */
export function judgeCaching(service: Service, ttlSeconds: number): DeploymentIssue[] {
  return [...judgeRest(service, ttlSeconds), ...judgeHttp(service, ttlSeconds)];
}

function judgeRest({ functions = {} }: Service, ttlSeconds: number): DeploymentIssue[] {
  return Object.entries(functions).flatMap(([name, each]) =>
    (each?.events ?? []).flatMap(({ http }, index) => {
      const authorizer = typeof http?.authorizer === 'string' ? { name: http.authorizer } : http?.authorizer;
      if (authorizer?.name !== 'authorizer') return [];
      const path = ['functions', name, 'events', index, 'http', 'authorizer'];
      return judgeRestAuthorizer(authorizer, ttlSeconds).map((issue) => ({ ...issue, path }));
    }),
  );
}

function judgeRestAuthorizer(authorizer: RestAuthorizer, ttlSeconds: number) {
  const ttl = Number(authorizer.resultTtlInSeconds ?? REST_DEFAULT_TTL);
  if (ttl === 0) return [];
  if (authorizer.type?.toLowerCase() !== 'request') {
    return [
      {
        code: 'DEPLOY_CACHE_KEY' as const,
        message: `a TOKEN authorizer keeps answers for ${ttl} s by the token alone, and gives one route's answer for another`,
        hint: `use \`type: request\` with \`identitySource: ${REST_KEY.join(', ')}\`, or \`resultTtlInSeconds: 0\``,
      },
    ];
  }
  const sources = (authorizer.identitySource ?? '').split(',').map((each) => each.trim());
  return [...judgeKey(sources, REST_KEY, ttl), ...judgeTtl(ttl, ttlSeconds)];
}

function judgeHttp({ provider }: Service, ttlSeconds: number): DeploymentIssue[] {
  return Object.entries(provider?.httpApi?.authorizers ?? {}).flatMap(([name, authorizer]) => {
    if (authorizer.functionName !== 'authorizer') return [];
    const path = ['provider', 'httpApi', 'authorizers', name];
    return judgeHttpAuthorizer(authorizer, ttlSeconds).map((issue) => ({ ...issue, path }));
  });
}

function judgeHttpAuthorizer(
  { resultTtlInSeconds = 0, identitySource = [] }: HttpApiAuthorizer,
  ttl: number,
) {
  if (resultTtlInSeconds === 0) return [];
  return [
    ...judgeKey([identitySource].flat(), HTTP_KEY, resultTtlInSeconds),
    ...judgeTtl(resultTtlInSeconds, ttl),
  ];
}

function judgeKey(sources: string[], wanted: string[], ttl: number) {
  // The name of a header is the same in any case; nothing else is.
  const normal = (source: string) => (source.includes('.header.') ? source.toLowerCase() : source);
  const present = new Set(sources.map(normal));
  const missing = wanted.filter((source) => !present.has(normal(source)));
  if (missing.length === 0) return [];
  return [
    {
      code: 'DEPLOY_CACHE_KEY' as const,
      message: `answers are kept for ${ttl} s under a key without ${missing.join(', ')}, and given to requests that were never decided`,
      hint: `make the identity sources ${wanted.join(', ')}, or the TTL 0`,
    },
  ];
}

function judgeTtl(gatewaySeconds: number, authorizerSeconds: number) {
  if (gatewaySeconds <= authorizerSeconds) return [];
  return [
    {
      code: 'DEPLOY_TTL' as const,
      message: `the gateway keeps answers for ${gatewaySeconds} s, and AUTHORIZER_TTL_SECONDS is ${authorizerSeconds}: \`auth_age\` would be judged too early`,
      hint: 'set both from one parameter',
    },
  ];
}
