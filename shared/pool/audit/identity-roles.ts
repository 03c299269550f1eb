/** Whom the roles of an identity pool trust, and whether they do more than one person's work. */

import { type IamStatement, allowsAction, globMatches } from './iam-document.ts';
import type { Role } from './facts.ts';
import { type AuditRule, type Evidence, rule } from './rule.ts';

const IDENTITY = 'cognito-identity.amazonaws.com';
const AUDIENCE = `${IDENTITY}:aud`;
const AUTHENTICATION = `${IDENTITY}:amr`;

/** Actions that know no resource, or only the caller's own. */
const WITHOUT_RESOURCE =
  /^(?:cloudwatch:PutMetricData|cognito-identity:Get(?:CredentialsForIdentity|Id)|comprehend:Detect\w+|mobileanalytics:PutEvents|mobiletargeting:(?:PutEvents|UpdateEndpoint)|polly:SynthesizeSpeech|rekognition:(?:Detect|Recognize)\w+|rum:PutRumEvents|sts:GetCallerIdentity|textract:(?:Analyze|Detect)\w+|transcribe:StartStreamTranscription\w*|translate:TranslateText|xray:Put\w+)$/;

export const IDENTITY_ROLE_RULES: readonly AuditRule[] = [
  rule({
    id: 'IDENTITY_ROLE_TRUST',
    severity: 'high',
    title: 'a role trusts identities that are not meant',
    mend: `condition the trust on StringEquals ${AUDIENCE} (this identity pool) and ForAnyValue:StringLike ${AUTHENTICATION} (authenticated, or unauthenticated for guests)`,
    needs: ['roles', 'identityPool'],
    find: ({ roles, identityPool: { pool } }) =>
      roles.flatMap((role) =>
        role.trust
          .filter(trustsIdentities)
          .flatMap((statement) => trustFlaws(statement, role, pool.IdentityPoolId ?? ''))
          .map((detail) => ({ subject: roleName(role), detail })),
      ),
  }),
  rule({
    id: 'IDENTITY_ROLE_WIDE_ACTIONS',
    severity: 'high',
    title: 'a role that people get allows whole services',
    mend: 'name each action that the application calls',
    needs: ['roles'],
    find: ({ roles }) =>
      eachGrant(roles, ({ actions, notActions }) => {
        if (notActions) return `allows everything but ${actions.join(', ')}`;
        const wide = actions.filter((action) => /^\*|:\*$/.test(action));
        return wide.length > 0 && `allows ${wide.join(', ')}`;
      }),
  }),
  rule({
    id: 'IDENTITY_ROLE_WIDE_RESOURCES',
    severity: 'medium',
    title: 'a role that people get reaches every resource',
    mend: 'name the resources, by ${cognito-identity.amazonaws.com:sub} or a principal tag where each person has their own',
    needs: ['roles'],
    find: ({ roles }) =>
      eachGrant(roles, ({ actions, resources, notResources, conditions }) => {
        if (notResources) return `reaches everything but ${resources.join(', ')}`;
        if (conditions.length > 0 || !resources.includes('*')) return false;
        const wanting = actions.filter((action) => !WITHOUT_RESOURCE.test(action));
        return wanting.length > 0 && `allows ${wanting.join(', ')} on every resource`;
      }),
  }),
  rule({
    id: 'IDENTITY_ROLE_VACUOUS',
    severity: 'medium',
    title: 'a condition that keeps people to their own rows is true where there are none',
    mend: 'take dynamodb:Scan out, and ask with Null that the key is there: ForAllValues is true of no values',
    needs: ['roles'],
    find: ({ roles }) =>
      eachGrant(roles, (statement) => {
        const keyed = statement.conditions.filter(({ key }) => key === 'dynamodb:leadingkeys');
        const vacuous = keyed.some(({ operator }) => operator.startsWith('ForAllValues:'));
        const required = keyed.some(
          ({ operator, values }) => operator === 'Null' && values.includes('false'),
        );
        return (
          vacuous &&
          !required &&
          allowsAction(statement, 'dynamodb:Scan') &&
          'allows dynamodb:Scan, which names no leading keys (ForAllValues dynamodb:LeadingKeys)'
        );
      }),
  }),
];

function trustsIdentities(statement: IamStatement): boolean {
  const { principals } = statement;
  const federated = [...(principals['Federated'] ?? []), ...(principals['*'] ?? [])];
  return (
    federated.some((who) => who === IDENTITY || who === '*') &&
    allowsAction(statement, 'sts:AssumeRoleWithWebIdentity')
  );
}

function trustFlaws(statement: IamStatement, { guests }: Role, identityPoolId: string): string[] {
  const pools = askedValues(statement, AUDIENCE);
  const kinds = askedValues(statement, AUTHENTICATION);
  const kind = guests ? 'unauthenticated' : 'authenticated';
  return [
    ...(pools === null
      ? [`its trust asks no ${AUDIENCE}: any identity pool of any account may give it`]
      : []),
    ...(pools && (!pools.includes(identityPoolId) || pools.some((each) => each.includes('*')))
      ? [`its trust takes identity pools ${pools.join(', ')}`]
      : []),
    ...(kinds === null ? [`its trust asks no ${AUTHENTICATION}: guests may have it`] : []),
    ...(kinds?.some((pattern) => !globMatches(pattern, kind) || pattern.includes('*'))
      ? [`its trust takes ${kinds.join(', ')} identities, and it is given to ${kind} ones`]
      : []),
  ];
}

/** The values that a key must have; null if it need not be there. */
function askedValues({ conditions }: IamStatement, key: string): string[] | null {
  // `ForAllValues` and `IfExists` are true of a token without the key.
  const asking = conditions.filter(
    (condition) =>
      condition.key === key &&
      /^(?:ForAnyValue:)?String(?:Equals|Like)(?:IgnoreCase)?$/.test(condition.operator),
  );
  return asking.length === 0 ? null : asking.flatMap(({ values }) => values);
}

function eachGrant(roles: readonly Role[], say: (statement: IamStatement) => string | false): Evidence[] {
  return roles.flatMap((role) =>
    role.permissions.flatMap(({ policy, statements }) =>
      statements
        .filter(({ effect }) => effect === 'Allow')
        .map(say)
        .flatMap((detail) =>
          detail ? [{ subject: roleName(role), detail: `policy ${policy} ${detail}` }] : [],
        ),
    ),
  );
}

function roleName({ arn, givenTo }: Role): string {
  return `role ${arn} (${givenTo.join(', ')})`;
}
