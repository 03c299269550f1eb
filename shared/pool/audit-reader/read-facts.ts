/** Everything that an audit looks at, read from AWS. Reads only; import it lazily, for it loads the SDK. */

import type { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { CognitoIdentityClient } from '@aws-sdk/client-cognito-identity';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Policy } from '../../policy/schema.ts';
import type { AuditSettings, Facts, FactValues } from '../audit/facts.ts';
import { type ApiRequest, readApis } from './apis.ts';
import { readIdentityPool, rolesGiven } from './identity-pool.ts';
import { known, type Limit, limited, notGiven, readPart } from './parts.ts';
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

export interface AuditRequest extends AuditSettings, ApiRequest {
  /** Null: none was given. */
  policy: Policy | null;
  identityPoolId?: string | undefined;
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
    readApis(clients, request, limit),
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
  { pool, limit }: { pool: FactValues['pool']; limit: Limit },
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
