/**
 * Whether the gateways' caches tell apart what answers are for: in `request` mode one request, so that a key without
 * caller, verb and path gives one request's answer to another; in `caller` mode one caller (contracts A5).
 */

import type { AuthorizerConfig } from '../runtime/config.ts';
import type { DeploymentIssue } from './issues.ts';
import type { HttpApiAuthorizer, RestAuthorizer, Service } from './service.ts';

/** API Gateway's own, where a REST API's authorizer says nothing. */
const REST_DEFAULT_TTL = 300;

/** What a key must hold in `request` mode; in `caller` mode the first is enough. */
export const REST_KEY = ['method.request.header.Authorization', 'context.httpMethod', 'context.path'];
export const HTTP_KEY = ['$request.header.Authorization', '$context.httpMethod', '$context.path'];

/** What the authorizer counts on: how long answers are kept, and for what they are good. */
export type Answers = Pick<AuthorizerConfig, 'ttlSeconds' | 'answerMode' | 'httpResponse'>;

export function judgeCaching(service: Service, answers: Answers): DeploymentIssue[] {
  return [...judgeRest(service, answers), ...judgeHttp(service, answers)];
}

function judgeRest({ functions = {} }: Service, answers: Answers): DeploymentIssue[] {
  return Object.entries(functions).flatMap(([name, each]) =>
    (each?.events ?? []).flatMap(({ http }, index) => {
      const authorizer = typeof http?.authorizer === 'string' ? { name: http.authorizer } : http?.authorizer;
      if (authorizer?.name !== 'authorizer') return [];
      const path = ['functions', name, 'events', index, 'http', 'authorizer'];
      return judgeRestAuthorizer(authorizer, answers).map((issue) => ({ ...issue, path }));
    }),
  );
}

/** One authorizer of a REST API, whoever describes it. */
export function judgeRestAuthorizer(authorizer: RestAuthorizer, { ttlSeconds, answerMode }: Answers) {
  const ttl = Number(authorizer.resultTtlInSeconds ?? REST_DEFAULT_TTL);
  if (ttl === 0) return [];
  // A TOKEN authorizer's key is the token: enough for an answer that is the caller's.
  if (authorizer.type?.toLowerCase() !== 'request') {
    if (answerMode === 'caller') return judgeTtl(ttl, ttlSeconds);
    return [
      {
        code: 'DEPLOY_CACHE_KEY' as const,
        message: `a TOKEN authorizer keeps answers for ${ttl} s by the token alone, and gives one route's answer for another`,
        hint: `use \`type: request\` with \`identitySource: ${REST_KEY.join(', ')}\`, or \`resultTtlInSeconds: 0\``,
      },
    ];
  }
  const sources = (authorizer.identitySource ?? '').split(',').map((each) => each.trim());
  return [
    ...judgeKey(sources, answerMode === 'caller' ? REST_KEY.slice(0, 1) : REST_KEY, ttl),
    ...judgeTtl(ttl, ttlSeconds),
  ];
}

function judgeHttp({ provider }: Service, answers: Answers): DeploymentIssue[] {
  return Object.entries(provider?.httpApi?.authorizers ?? {}).flatMap(([name, authorizer]) => {
    if (authorizer.functionName !== 'authorizer') return [];
    const path = ['provider', 'httpApi', 'authorizers', name];
    return judgeHttpAuthorizer(authorizer, answers).map((issue) => ({ ...issue, path }));
  });
}

/** One authorizer of an HTTP API, whoever describes it. */
export function judgeHttpAuthorizer(
  { resultTtlInSeconds = 0, identitySource = [] }: HttpApiAuthorizer,
  { ttlSeconds, answerMode, httpResponse }: Answers,
) {
  if (resultTtlInSeconds === 0) return [];
  // A simple response is for the request in either mode.
  const key = answerMode === 'caller' && httpResponse === 'iam' ? HTTP_KEY.slice(0, 1) : HTTP_KEY;
  return [
    ...judgeKey([identitySource].flat(), key, resultTtlInSeconds),
    ...judgeTtl(resultTtlInSeconds, ttlSeconds),
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
