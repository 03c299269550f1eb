/** An identity pool and the roles that it gives. */

import {
  type CognitoIdentityClient,
  DescribeIdentityPoolCommand,
  GetIdentityPoolRolesCommand,
} from '@aws-sdk/client-cognito-identity';
import type { GroupType, UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import type { Policy } from '../../policy/schema.ts';
import type { IdentityPoolFacts } from '../audit/facts.ts';
import { providerOf } from '../audit/identity-pool.ts';
import type { PartReader } from './parts.ts';

export async function readIdentityPool(
  client: CognitoIdentityClient,
  { IdentityPoolId, pool }: { IdentityPoolId: string; pool: UserPoolType },
  { ask, missing }: PartReader,
): Promise<IdentityPoolFacts | null> {
  const [described, given] = await Promise.all([
    ask('cognito-identity:DescribeIdentityPool', () =>
      client.send(new DescribeIdentityPoolCommand({ IdentityPoolId })),
    ),
    ask('cognito-identity:GetIdentityPoolRoles', () =>
      client.send(new GetIdentityPoolRolesCommand({ IdentityPoolId })),
    ),
  ]);
  if (described === null || given === null) return null;
  const provider = providerOf(pool);
  if (!described.CognitoIdentityProviders?.some(({ ProviderName }) => ProviderName === provider))
    return missing(`identity pool ${IdentityPoolId}`, 'it takes no tokens of this user pool');
  return { pool: described, roles: given.Roles ?? {}, roleMappings: given.RoleMappings ?? {} };
}

export interface GivenRole {
  arn: string;
  givenTo: string[];
  guests: boolean;
}

/** The roles that somebody can get: by default, by rule, by group, and by the policy's groups. */
export function rolesGiven(
  { roles, roleMappings }: IdentityPoolFacts,
  groups: readonly GroupType[],
  policy: Policy | null,
): GivenRole[] {
  const given = [
    ...Object.entries(roles).map(([kind, arn]) => ({ arn, to: `${kind} identities` })),
    ...Object.values(roleMappings).flatMap(({ RulesConfiguration }) =>
      (RulesConfiguration?.Rules ?? []).map(({ RoleARN: arn, Claim }) => ({ arn, to: `a rule on ${Claim}` })),
    ),
    ...groups.map(({ GroupName, RoleArn: arn }) => ({ arn, to: `group ${GroupName}` })),
    ...Object.entries(policy?.groups ?? {}).map(([name, { role: arn }]) => ({ arn, to: `group ${name}` })),
  ].flatMap(({ arn, to }) => (arn ? [{ arn, to }] : []));
  return [...new Set(given.map(({ arn }) => arn))].map((arn) => {
    const givenTo = [...new Set(given.filter((each) => each.arn === arn).map(({ to }) => to))];
    return { arn, givenTo, guests: givenTo.includes('unauthenticated identities') };
  });
}
