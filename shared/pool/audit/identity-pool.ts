/** How an identity pool turns tokens of this pool into roles (contracts D2). */

import type { MappingRule } from '@aws-sdk/client-cognito-identity';
import { isMachine, mayWrite } from './app-clients.ts';
import { isVerifiedFirst } from './client-attributes.ts';
import type { AppClient, FactValues, IdentityPoolFacts } from './facts.ts';
import { type AuditRule, type Evidence, rule } from './rule.ts';

/** Kinds of match that let in more than they name. */
const LOOSE: Record<string, string> = {
  Contains: 'is true of any text around the value too',
  NotEqual: 'is not even looked at in a token without the claim',
};

export const IDENTITY_POOL_RULES: readonly AuditRule[] = [
  rule({
    id: 'IDENTITY_POOL_GUESTS',
    severity: 'medium',
    title: 'anybody gets AWS credentials without signing in',
    mend: 'set AllowUnauthenticatedIdentities to false, unless the application is made for guests and their role is narrow',
    needs: ['identityPool'],
    find: ({ identityPool: { pool } }) =>
      pool.AllowUnauthenticatedIdentities === true
        ? [
            {
              subject: `identity pool ${pool.IdentityPoolId}`,
              detail: 'AllowUnauthenticatedIdentities is true',
            },
          ]
        : [],
  }),
  rule({
    id: 'IDENTITY_POOL_CLASSIC_FLOW',
    severity: 'medium',
    title: 'the basic flow lets callers choose among roles that trust the identity pool',
    mend: 'set AllowClassicFlow to false; the enhanced flow chooses the role, and narrows what guests may do',
    needs: ['identityPool'],
    find: ({ identityPool: { pool } }) =>
      pool.AllowClassicFlow === true
        ? [{ subject: `identity pool ${pool.IdentityPoolId}`, detail: 'AllowClassicFlow is true' }]
        : [],
  }),
  rule({
    id: 'IDENTITY_POOL_AMBIGUOUS_ROLE',
    severity: 'medium',
    title: 'who has no role by token or rule still gets one',
    mend: 'set AmbiguousRoleResolution to Deny',
    needs: ['identityPool', 'pool'],
    find: ({ identityPool, pool }) =>
      mappingsOf(identityPool, pool)
        .filter(([, { AmbiguousRoleResolution }]) => AmbiguousRoleResolution !== 'Deny')
        .map(([client, { AmbiguousRoleResolution: resolution = 'not set' }]) => ({
          subject: `role mapping of app client ${client}`,
          detail: `AmbiguousRoleResolution is ${resolution}`,
        })),
  }),
  rule({
    id: 'IDENTITY_POOL_RULE_LOOSE',
    severity: 'medium',
    title: 'a role is given by a match that is wider than it looks',
    mend: 'match with Equals, on a claim that says exactly who gets the role',
    needs: ['identityPool', 'pool'],
    find: ({ identityPool, pool }) =>
      rulesOf(identityPool, pool).flatMap(({ client, matching }) => {
        const why = LOOSE[matching.MatchType ?? ''];
        return why === undefined ? [] : [ruleEvidence(client, matching, `${matching.MatchType} ${why}`)];
      }),
  }),
  rule({
    id: 'IDENTITY_POOL_RULE_WRITABLE',
    severity: 'high',
    title: 'people can write the claim by which they get a role',
    mend: 'take the attribute out of WriteAttributes of every app client, or give the role by group',
    needs: ['identityPool', 'pool', 'clients'],
    find: ({ identityPool, pool, clients }) =>
      rulesOf(identityPool, pool).flatMap(({ client, matching }) => {
        const writer = writerOf(matching.Claim ?? '', pool, clients);
        return writer === undefined
          ? []
          : [ruleEvidence(client, matching, `app client ${writer.ClientName} lets people write it`)];
      }),
  }),
  rule({
    id: 'IDENTITY_POOL_TOKEN_CHECK_OFF',
    severity: 'low',
    title: 'disabled and signed-out people still get AWS credentials until their token expires',
    mend: 'set ServerSideTokenCheck to true for the user pool',
    needs: ['identityPool', 'pool'],
    find: ({ identityPool, pool }) =>
      (identityPool.pool.CognitoIdentityProviders ?? [])
        .filter(({ ProviderName }) => ProviderName === providerOf(pool))
        .filter(({ ServerSideTokenCheck }) => ServerSideTokenCheck !== true)
        .map(({ ClientId }) => ({
          subject: `identity pool ${identityPool.pool.IdentityPoolId}`,
          detail: `ServerSideTokenCheck is off for app client ${ClientId}`,
        })),
  }),
];

/** As identity pools name a user pool: `cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123`. */
export function providerOf({ Arn = '', Id = '' }: FactValues['pool']): string {
  const [, partition, , region] = Arn.split(':');
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `cognito-idp.${region}.${domain}/${Id}`;
}

/** The mappings for tokens of this pool, by app client. */
function mappingsOf({ roleMappings }: IdentityPoolFacts, pool: FactValues['pool']) {
  const prefix = `${providerOf(pool)}:`;
  return Object.entries(roleMappings)
    .filter(([provider]) => provider.startsWith(prefix))
    .map(([provider, mapping]) => [provider.slice(prefix.length), mapping] as const);
}

function rulesOf(identityPool: IdentityPoolFacts, pool: FactValues['pool']) {
  return mappingsOf(identityPool, pool).flatMap(([client, { RulesConfiguration }]) =>
    (RulesConfiguration?.Rules ?? []).map((matching) => ({ client, matching })),
  );
}

/** The first client through which people can set an attribute that tokens carry as a claim of the same name. */
function writerOf(claim: string, pool: FactValues['pool'], clients: AppClient[]): AppClient | undefined {
  const attributes = new Set(
    (pool.SchemaAttributes ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name])),
  );
  if (!attributes.has(claim) || claim === 'sub' || claim.endsWith('_verified')) return undefined;
  // What is verified before it counts was not made up.
  if (isVerifiedFirst(pool, claim)) return undefined;
  return clients.find((client) => !isMachine(client) && mayWrite(client, claim));
}

function ruleEvidence(
  client: string,
  { Claim, MatchType, Value, RoleARN }: MappingRule,
  detail: string,
): Evidence {
  return {
    subject: `role mapping of app client ${client}`,
    detail: `\`${Claim} ${MatchType} ${Value}\` gives ${RoleARN}: ${detail}`,
  };
}
