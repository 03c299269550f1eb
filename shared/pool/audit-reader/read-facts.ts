/** Everything that an audit looks at, read from AWS. Reads only; import it lazily, for it loads the SDK. */

import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { CognitoIdentityClient } from '@aws-sdk/client-cognito-identity';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Policy } from '../../policy/schema.ts';
import type { Api, AuditSettings, CachedRoute, Facts, Part } from '../audit/facts.ts';
import { readAuthorizers } from './authorizer-functions.ts';
import { readHttpApi } from './http-api.ts';
import { readIdentityPool, rolesGiven } from './identity-pool.ts';
import { known, type Limit, limited, notGiven, readPart } from './parts.ts';
import { readRestApi } from './rest-api.ts';
import { readRoles } from './roles.ts';
import { readTriggers } from './trigger-functions.ts';
import { describePool, readClients, readGroups, readMfa, readProviders } from './user-pool.ts';

/** Cognito answers few calls a second for one pool (contracts E3). */
const AT_ONCE = 4;

export interface AuditClients {
  cognito: CognitoIdentityProviderClient;
  identity: CognitoIdentityClient;
  iam: IAMClient;
  lambda: LambdaClient;
  rest: APIGatewayClient;
  http: ApiGatewayV2Client;
}

export interface AuditRequest extends AuditSettings {
  poolId: string;
  /** Null: none was given. */
  policy: Policy | null;
  identityPoolId?: string | undefined;
  restApiId?: string | undefined;
  httpApiId?: string | undefined;
  stage?: string | undefined;
}

/** Throws what the SDK throws if the pool itself cannot be described; anything else that is out of reach is a gap. */
export async function readFacts(clients: AuditClients, request: AuditRequest): Promise<Facts> {
  const { poolId, policy, hosts, openRoutes } = request;
  const { cognito, lambda } = clients;
  const pool = await describePool(cognito, poolId);
  const limit = limited(AT_ONCE);
  const [mfa, appClients, groups, providers, triggers, identityPool, api] = await Promise.all([
    readPart(limit, (reader) => readMfa(cognito, poolId, reader)),
    readPart(limit, (reader) => readClients(cognito, poolId, reader)),
    readPart(limit, (reader) => readGroups(cognito, poolId, reader)),
    readPart(limit, (reader) => readProviders(cognito, poolId, reader)),
    readPart(limit, (reader) => readTriggers(lambda, pool, reader)),
    identityPoolOf(clients, request, { pool, limit }),
    apisOf(clients, request, limit),
  ]);
  return {
    settings: known({ hosts, openRoutes }),
    policy: policy === null ? notGiven('what a policy asks of the pool', '--policy') : known(policy),
    pool: known(pool),
    mfa,
    clients: appClients,
    groups,
    providers,
    triggers,
    identityPool,
    roles: await rolesOf(clients, { identityPool, groups, policy, limit }),
    ...api,
  };
}

function identityPoolOf(
  { identity }: AuditClients,
  { identityPoolId }: AuditRequest,
  { pool, limit }: { pool: Parameters<typeof readTriggers>[1]; limit: Limit },
): Promise<Facts['identityPool']> | Facts['identityPool'] {
  if (identityPoolId === undefined) return notGiven('the identity pool', '--identity-pool');
  return readPart(limit, (reader) =>
    readIdentityPool(identity, { IdentityPoolId: identityPoolId, pool }, reader),
  );
}

async function rolesOf(
  { iam }: AuditClients,
  {
    identityPool,
    groups,
    policy,
    limit,
  }: Pick<Facts, 'identityPool' | 'groups'> & { policy: Policy | null; limit: Limit },
): Promise<Facts['roles']> {
  const given = identityPool.value;
  if (given === null) return { value: null, gaps: identityPool.gaps };
  const roles = await readPart(limit, (reader) =>
    readRoles(iam, rolesGiven(given, groups.value ?? [], policy), reader),
  );
  // Roles that groups give are not known without the groups.
  return { ...roles, gaps: [...roles.gaps, ...groups.gaps] };
}

async function apisOf(
  { rest, http, lambda }: AuditClients,
  { poolId, restApiId, httpApiId, stage }: AuditRequest,
  limit: Limit,
): Promise<Pick<Facts, 'apis' | 'authorizers' | 'cachedRoutes'>> {
  let cached: CachedRoute[] | null = null;
  const apis: Part<Api[]> = await readPart(limit, async (reader) => {
    const read = await Promise.all([
      restApiId === undefined ? null : readRestApi(rest, { restApiId, stageName: stage }, reader),
      httpApiId === undefined ? null : readHttpApi(http, { ApiId: httpApiId, StageName: stage }, reader),
    ]);
    cached = read[0]?.cached ?? null;
    const found = [read[0]?.api, read[1]].filter((api) => api != null);
    return found.length === 0 ? null : found;
  });
  if (restApiId === undefined && httpApiId === undefined) {
    const missing = notGiven<never>('an API', '--rest-api or --http-api');
    return { apis: missing, authorizers: missing, cachedRoutes: missing };
  }
  return {
    apis,
    authorizers: await readPart(limit, (reader) =>
      readAuthorizers(lambda, { apis: apis.value ?? [], poolId }, reader),
    ),
    cachedRoutes:
      restApiId !== undefined && stage !== undefined
        ? { value: cached, gaps: cached ? [] : apis.gaps }
        : notGiven('a stage of a REST API', '--rest-api with --stage'),
  };
}
