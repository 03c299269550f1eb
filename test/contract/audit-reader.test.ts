/** What the audit reads, against an account at the wire: every page, every refusal, and nothing written. */

import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CognitoIdentityClient } from '@aws-sdk/client-cognito-identity';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { awsClientConfig } from '../../cli/aws-clients.ts';
import { auditFacts } from '../../shared/pool/audit/audit.ts';
import { RULES } from '../../shared/pool/audit/rules.ts';
import { allPages, limited } from '../../shared/pool/audit-reader/parts.ts';
import { type AuditRequest, readFacts } from '../../shared/pool/audit-reader/read-facts.ts';
import { functionParts } from '../../shared/pool/audit-reader/trigger-functions.ts';
import { type Account, cleanAccount, HTTP_API, REST_API, SECRETS } from '../support/audited-account.ts';
import {
  ACCOUNT,
  functionArn,
  IDENTITY_POOL_ID,
  POOL_ID,
  policyOf,
  roleArn,
} from '../support/audit-facts.ts';
import { ROOT } from '../support/bundles.ts';
import { type ReadingAws, startReadingAws } from '../support/reading-aws.ts';

const EVERYTHING: AuditRequest = {
  poolId: POOL_ID,
  policy: policyOf(readFileSync(join(ROOT, 'policy.yml'), 'utf8')),
  hosts: [],
  openRoutes: [],
  identityPoolId: IDENTITY_POOL_ID,
  restApiId: REST_API,
  httpApiId: HTTP_API,
  stage: 'dev',
};

let aws: ReadingAws;
let clients: ReturnType<typeof clientsFor>;

beforeEach(async () => {
  aws = await startReadingAws(cleanAccount());
  clients = clientsFor(aws.endpoint);
});
afterEach(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await aws.close();
});

function clientsFor(endpoint: string, timeoutMs = 5000) {
  const config = {
    ...awsClientConfig({ endpoint }, 'eu-west-1', { attempts: 2, timeoutMs }),
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'none' },
  };
  return {
    cognito: new CognitoIdentityProviderClient(config),
    identity: new CognitoIdentityClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    rest: new APIGatewayClient(config),
    http: new ApiGatewayV2Client(config),
  };
}

const audit = async (request: Partial<AuditRequest> = {}) =>
  auditFacts(await readFacts(clients, { ...EVERYTHING, ...request }));

describe('an account in which all is well', () => {
  it('has nothing found in it, and everything examined', async () => {
    expect(await audit()).toEqual({
      findings: [],
      examined: RULES.map(({ id }) => id),
      notExamined: [],
      ignored: [],
    });
  });

  it('is only read, by the calls that docs/audit names, and nobody’s user is looked at', async () => {
    await audit();
    const { asked } = aws;
    for (const action of asked) expect(action).toMatch(/:(?:GET|Get\w+|List\w+|Describe\w+)$/);
    expect(asked.join(' ')).not.toMatch(/User(?!Pool)/);
    const page = readFileSync(join(ROOT, 'docs', 'audit', 'README.md'), 'utf8');
    const listed = [...page.matchAll(/"((?:cognito-\w+|iam|lambda|apigateway):\w+)"/g)].map(
      ([, action]) => action,
    );
    expect(new Set(asked)).toEqual(new Set(listed));
  });

  it('gives no secret away to the rules', async () => {
    const facts = await readFacts(clients, EVERYTHING);
    const text = JSON.stringify(facts, (_, value: unknown) => (value instanceof Map ? [...value] : value));
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });
});

describe('one pitfall at each place', () => {
  const PITFALLS: [string, (account: Account) => unknown, RegExp][] = [
    ['POOL_DELETION_UNPROTECTED', ({ pool }) => delete pool['DeletionProtection'], /INACTIVE/],
    [
      'POOL_MFA_MESSAGES_ONLY',
      (account) => {
        account.mfa = { SmsMfaConfiguration: {} };
      },
      /SMS/,
    ],
    [
      'POOL_CLIENT_REVOCATION_OFF',
      ({ clients: all }) => delete all[0]?.['EnableTokenRevocation'],
      /app client web/,
    ],
    ['POOL_GROUP_UNKNOWN', ({ groups }) => groups.push({ GroupName: 'last' }), /group last/],
    [
      'POOL_PROVIDER_EMAIL_UNVERIFIED',
      ({ providers }) =>
        providers.push({ ProviderName: 'Last', ProviderType: 'SAML', AttributeMapping: { email: 'mail' } }),
      /identity provider Last/,
    ],
    [
      'POOL_TRIGGER_NOT_CALLABLE',
      ({ policies }) => {
        policies[functionArn('pre-sign-up')] = null;
      },
      /trigger PreSignUp \(/,
    ],
    [
      'POOL_TRIGGER_NOT_CALLABLE',
      // An alias has permissions of its own.
      ({ pool }) => {
        pool.LambdaConfig['PreSignUp'] = `${functionArn('pre-sign-up')}:live`;
      },
      /trigger PreSignUp \(.*:live\)/,
    ],
    [
      'IDENTITY_POOL_GUESTS',
      ({ identityPool }) => {
        identityPool['AllowUnauthenticatedIdentities'] = true;
      },
      /identity pool/,
    ],
    [
      'IDENTITY_POOL_AMBIGUOUS_ROLE',
      ({ identityPoolRoles: { RoleMappings } }) => {
        for (const each of Object.values(RoleMappings))
          delete (each as Record<string, unknown>)['AmbiguousRoleResolution'];
      },
      /role mapping of app client 1example23456789/,
    ],
    [
      'IDENTITY_ROLE_WIDE_ACTIONS',
      ({ roles }) =>
        Object.assign(roles['admin']?.managed['More'] as object, {
          Statement: [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::a' }],
        }),
      /role .*role\/admin \(group admin\)/,
    ],
    [
      'IDENTITY_ROLE_WIDE_RESOURCES',
      ({ roles }) =>
        Object.assign(roles['signed-in']?.inline as object, {
          last: { Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' } },
        }),
      /authenticated identities\) policy last/,
    ],
    [
      'IDENTITY_ROLE_TRUST',
      ({ roles }) =>
        Object.assign(roles['signed-in']?.trust as object, {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sts:AssumeRoleWithWebIdentity',
              Principal: { Federated: 'cognito-identity.amazonaws.com' },
            },
          ],
        }),
      /signed-in/,
    ],
    [
      'API_ROUTE_OPEN',
      ({ rest }) =>
        rest.resources.push({
          path: '/last',
          resourceMethods: { GET: { httpMethod: 'GET', authorizationType: 'NONE' } },
        }),
      /REST API articles \(a1b2c3d4e5\): GET \/last/,
    ],
    [
      'API_CATCH_ALL_OPEN',
      ({ http }) => http.routes.push({ routeKey: '$default' }),
      /HTTP API orders \(f6g7h8i9j0\): \$default/,
    ],
    [
      'API_CACHE_KEY',
      ({ rest }) =>
        Object.assign(rest.authorizers[0] as object, {
          identitySource: 'method.request.header.Authorization',
        }),
      /authorizer gatehouse/,
    ],
    // API Gateway's own 300 s.
    [
      'API_TTL_DISAGREES',
      ({ rest }) => delete rest.authorizers[0]?.['authorizerResultTtlInSeconds'],
      /authorizer gatehouse/,
    ],
    [
      'API_RESPONSE_FORM',
      ({ http }) => delete http.authorizers[0]?.['enableSimpleResponses'],
      /authorizer gatehouse/,
    ],
    [
      'API_RESPONSES_CACHED',
      ({ rest }) =>
        Object.assign(rest.stage, {
          cacheClusterEnabled: true,
          methodSettings: { '~1{proxy+}/ANY': { cachingEnabled: true } },
        }),
      /REST API a1b2c3d4e5: ANY \/\{proxy\+\}/,
    ],
  ];

  it.each(PITFALLS)('%s, and nothing else (%#)', async (id, change, text) => {
    change(aws.account);
    const { findings } = await audit();
    expect(findings.map((finding) => finding.id)).toEqual([id]);
    expect(`${findings[0]?.evidence[0]?.subject} ${findings[0]?.evidence[0]?.detail}`).toMatch(text);
  });

  it('a stage’s cache is for GET alone, unless a method says more', async () => {
    const method = { httpMethod: 'GET', authorizationType: 'CUSTOM', authorizerId: 'x1' };
    aws.account.rest.resources.push({ path: '/a', resourceMethods: { GET: method, POST: method } });
    Object.assign(aws.account.rest.stage, {
      cacheClusterEnabled: true,
      methodSettings: { '*/*': { cachingEnabled: true } },
    });
    const { findings } = await audit();
    expect(findings.flatMap(({ evidence }) => evidence.map(({ subject }) => subject))).toEqual([
      'REST API a1b2c3d4e5: GET /a',
    ]);
    Object.assign(aws.account.rest.stage, { cacheClusterEnabled: false });
    expect((await audit()).findings).toEqual([]);
  });
});

describe('what cannot be read is not examined, and never fine', () => {
  const ACTIONS = [
    'cognito-idp:GetUserPoolMfaConfig',
    'cognito-idp:ListUserPoolClients',
    'cognito-idp:DescribeUserPoolClient',
    'cognito-idp:ListGroups',
    'cognito-idp:ListIdentityProviders',
    'cognito-idp:DescribeIdentityProvider',
    'cognito-identity:DescribeIdentityPool',
    'cognito-identity:GetIdentityPoolRoles',
    'lambda:GetPolicy',
    'lambda:GetFunctionConfiguration',
    'iam:GetRole',
    'iam:ListRolePolicies',
    'iam:GetRolePolicy',
    'iam:ListAttachedRolePolicies',
    'iam:GetPolicyVersion',
    'apigateway:GET',
  ];

  it.each(ACTIONS)('%s', async (action) => {
    aws.refused.set(action, 'AccessDenied');
    const { findings, examined, notExamined } = await audit();
    expect(findings).toEqual([]);
    expect(notExamined.length).toBeGreaterThan(0);
    for (const { kind, what, why, rules } of notExamined) {
      expect({ kind, what, why }).toEqual({
        kind: 'unreadable',
        what: expect.stringContaining(action),
        why: expect.stringMatching(/^AccessDenied/),
      });
      expect(rules.length).toBeGreaterThan(0);
      expect(examined.filter((id) => rules.includes(id))).toEqual([]);
    }
  });

  it('the groups: nor are the roles that they give', async () => {
    aws.refused.set('cognito-idp:ListGroups', 'AccessDenied');
    const { examined } = await audit();
    expect(examined).toContain('IDENTITY_POOL_GUESTS');
    expect(examined).not.toContain('IDENTITY_ROLE_TRUST');
  });

  it('each by itself: a trigger that may not be looked at, beside one that may', async () => {
    aws.account.pool.LambdaConfig['PreSignUp'] = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:other`;
    const { findings, notExamined } = await audit();
    expect(findings.map(({ id }) => id)).toEqual(['POOL_TRIGGER_NOT_CALLABLE']);
    expect(notExamined).toEqual([]);
  });

  it('what never answers ends in time', async () => {
    for (const client of Object.values(clients)) client.destroy();
    clients = clientsFor(aws.endpoint, 300);
    aws.refused.set('cognito-idp:ListGroups', 'hang');
    const { notExamined } = await audit();
    expect(notExamined.map(({ what, why }) => [what, why])).toEqual([
      ['cognito-idp:ListGroups', 'TimeoutError'],
    ]);
  });

  it('what is refused for haste is asked again', async () => {
    aws.refused.set('cognito-idp:DescribeUserPoolClient', 'Throttling');
    expect((await audit()).notExamined).toEqual([]);
  });

  it('an identity pool that takes no tokens of this pool', async () => {
    aws.account.identityPool['CognitoIdentityProviders'] = [];
    const { notExamined } = await audit();
    expect(notExamined.map(({ why }) => why)).toEqual(['it takes no tokens of this user pool']);
  });

  it('a role of another account, whose name one’s own may have too', async () => {
    const theirs = roleArn('admin').replace(`::${ACCOUNT}`, '::999999999999');
    aws.account.identityPoolRoles.Roles['authenticated'] = theirs;
    const { notExamined } = await audit();
    expect(notExamined.map(({ what, why }) => [what, why])).toEqual([
      [`iam:GetRole of ${theirs}`, 'it is of another account'],
    ]);
  });

  it('an authorizer that a stage variable names, without the stage', async () => {
    const authorizerUri =
      'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${stageVariables.authorizer}/invocations';
    for (const api of [aws.account.rest, aws.account.http])
      Object.assign(api.authorizers[0] as object, { authorizerUri });
    expect((await audit()).notExamined).toEqual([]);
    expect((await audit({ stage: undefined })).notExamined).toContainEqual(
      expect.objectContaining({ kind: 'unreadable', why: 'a stage variable names it: give --stage' }),
    );
  });

  it('a stage that only the REST API has is none of the HTTP API’s concern', async () => {
    aws.account.rest.stage['stageName'] = 'prod';
    expect((await audit({ stage: 'prod' })).notExamined).toEqual([]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      'of Gatehouse that would not start',
      { USER_POOL_IDS: POOL_ID, APP_CLIENT_IDS: 'a b' },
      ['it would not start with its environment'],
    ],
    ['of another pool', { USER_POOL_IDS: 'eu-west-1_Other', APP_CLIENT_IDS: 'a b' }, []],
    ['of somebody else’s', {}, []],
  ])('an authorizer %s', async (_, env, why) => {
    aws.account.environments[functionArn('authorizer')] = env;
    expect((await audit()).notExamined.map((each) => each.why)).toEqual(why);
  });

  it('the pool itself: nothing is, and the error is the caller’s to tell', async () => {
    aws.refused.set('cognito-idp:DescribeUserPool', 'AccessDenied');
    await expect(audit()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('reading', () => {
  it('has few calls under way at a time, and all of them done', async () => {
    const limit = limited(3);
    let now = 0;
    let most = 0;
    const done = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        limit(async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, index % 4));
          now--;
          return index;
        }),
      ),
    );
    expect({ most, now, done }).toEqual({
      most: 3,
      now: 0,
      done: Array.from({ length: 20 }, (_, index) => index),
    });
  });

  it('gives the turn on when work fails', async () => {
    const limit = limited(1);
    const failed = limit(() => Promise.reject(new Error('no')));
    const next = limit(async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await limit(async () => 'again')).toBe('again');
  });

  it('does not go round in a list that repeats itself', async () => {
    await expect(allPages(async () => ({ items: [1], next: 'a' }))).rejects.toThrow('RepeatedPage');
  });

  it.each([
    ['arn:aws:lambda:eu-west-1:123456789012:function:f', undefined],
    ['arn:aws:lambda:eu-west-1:123456789012:function:f:live', 'live'],
  ])('takes %s apart', (arn, Qualifier) => {
    expect(functionParts(arn)).toEqual({
      FunctionName: arn.replace(/:live$/, ''),
      ...(Qualifier && { Qualifier }),
    });
  });
});
