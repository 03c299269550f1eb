/** What API Gateway keeps, for how long, and to whom it gives it. */

import { judgeHttpAuthorizer, judgeRestAuthorizer } from '../../deployment/caching.ts';
import { judgeResponseForm } from '../../deployment/responses.ts';
import type { AuthorizerConfig } from '../../runtime/config.ts';
import { accessSeconds, spoken } from './app-clients.ts';
import { apiName } from './api-routes.ts';
import type { Api, ApiAuthorizer, FactValues } from './facts.ts';
import { type AuditRule, type Evidence, rule } from './rule.ts';

export const API_CACHING_RULES: readonly AuditRule[] = [
  rule({
    id: 'API_TTL_BEYOND_TOKENS',
    severity: 'medium',
    title: 'the gateway lets a caller in for longer than the token lives',
    mend: 'set the authorizer’s TTL to a fraction of the life of an access token; Gatehouse ships 60 s',
    needs: ['apis', 'clients'],
    find: ({ apis, clients }) => {
      const life = Math.min(...clients.map(accessSeconds));
      return usedAuthorizers(apis)
        .filter(({ authorizer }) => authorizer.type !== 'JWT' && authorizer.ttlSeconds > life)
        .map(({ api, authorizer }) => ({
          subject: authorizerName(api, authorizer),
          detail: `answers are kept for ${spoken(authorizer.ttlSeconds)}, and access tokens live for ${spoken(life)}`,
        }));
    },
  }),
  rule({
    id: 'API_CACHE_KEY',
    severity: 'high',
    title: 'the gateway gives one request’s answer to another',
    mend: 'set the identity sources to those that docs/caching.md names for the answer mode, or the TTL to 0',
    needs: ['apis', 'authorizers'],
    find: (facts) => judged(facts, 'DEPLOY_CACHE_KEY'),
  }),
  rule({
    id: 'API_TTL_DISAGREES',
    severity: 'medium',
    title: 'the gateway keeps answers for longer than the authorizer counts on',
    mend: 'set AUTHORIZER_TTL_SECONDS and the authorizer’s TTL to the same',
    needs: ['apis', 'authorizers'],
    find: (facts) => judged(facts, 'DEPLOY_TTL'),
  }),
  rule({
    id: 'API_RESPONSE_FORM',
    severity: 'high',
    title: 'the gateway cannot read what the authorizer answers: every call is a 500',
    mend: 'set enableSimpleResponses to true for HTTP_RESPONSE=simple, to false for iam; simple responses need payload format 2.0',
    needs: ['apis', 'authorizers'],
    find: ({ apis, authorizers }) =>
      ours({ apis, authorizers }).flatMap(({ api, authorizer, config }) => {
        if (api.kind !== 'HTTP') return [];
        const issue = judgeResponseForm(
          {
            enableSimpleResponses: authorizer.simpleResponses,
            payloadVersion: authorizer.payloadVersion ?? '',
          },
          config.httpResponse,
        );
        return issue ? [{ subject: authorizerName(api, authorizer), detail: issue.message }] : [];
      }),
  }),
  rule({
    id: 'API_RESPONSES_CACHED',
    severity: 'high',
    title: 'a stage gives one caller’s response to the next',
    mend: 'switch caching off for the method in the stage, or make the Authorization header a cache key parameter of its integration',
    needs: ['cachedRoutes'],
    find: ({ cachedRoutes }) =>
      cachedRoutes
        .filter(({ authorization }) => authorization !== 'NONE')
        .filter(
          ({ keyParameters }) =>
            !keyParameters.some((each) => /^method\.request\.header\.authorization$/i.test(each)),
        )
        .map(({ apiId, key }) => ({
          subject: `REST API ${apiId}: ${key}`,
          detail: 'its responses are kept, and told apart without the caller',
        })),
  }),
];

interface Used {
  api: Api;
  authorizer: ApiAuthorizer;
}

/** What no route asks harms nobody. */
function usedAuthorizers(apis: readonly Api[]): Used[] {
  return apis.flatMap((api) =>
    api.authorizers
      .filter(({ id }) => api.routes.some(({ authorizerId }) => authorizerId === id))
      .map((authorizer) => ({ api, authorizer })),
  );
}

/** The authorizers that are Gatehouse's, with what they count on. */
function ours({ apis, authorizers }: Pick<FactValues, 'apis' | 'authorizers'>) {
  return usedAuthorizers(apis).flatMap(({ api, authorizer }) => {
    const config: AuthorizerConfig | null =
      authorizer.functionArn === null ? null : (authorizers.get(authorizer.functionArn) ?? null);
    return config === null ? [] : [{ api, authorizer, config }];
  });
}

function judged(facts: Pick<FactValues, 'apis' | 'authorizers'>, code: string): Evidence[] {
  return ours(facts).flatMap(({ api, authorizer, config }) => {
    const { ttlSeconds: resultTtlInSeconds, identitySources, type } = authorizer;
    const issues =
      api.kind === 'REST'
        ? judgeRestAuthorizer({ type, resultTtlInSeconds, identitySource: identitySources.join(',') }, config)
        : judgeHttpAuthorizer({ resultTtlInSeconds, identitySource: identitySources }, config);
    return issues
      .filter((issue) => issue.code === code)
      .map(({ message }) => ({ subject: authorizerName(api, authorizer), detail: message }));
  });
}

function authorizerName(api: Api, { name }: ApiAuthorizer): string {
  return `${apiName(api)}, authorizer ${name}`;
}
