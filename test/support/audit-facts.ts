/** A pool, its clients, an identity pool and two APIs in which the audit finds nothing. */

import { statementsOf } from '../../shared/pool/audit/iam-document.ts';
import type { FactValues, Facts, Part } from '../../shared/pool/audit/facts.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import type { Policy } from '../../shared/policy/schema.ts';
import { readAuthorizerConfig } from '../../shared/runtime/config.ts';

export const POOL_ID = 'eu-west-1_AbCdEf123';
export const CLIENT_ID = '1example23456789';
export const ACCOUNT = '123456789012';
export const POOL_ARN = `arn:aws:cognito-idp:eu-west-1:${ACCOUNT}:userpool/${POOL_ID}`;
export const IDENTITY_POOL_ID = 'eu-west-1:11111111-2222-3333-4444-555555555555';
export const PROVIDER = `cognito-idp.eu-west-1.amazonaws.com/${POOL_ID}`;

export const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:gatehouse-${name}`;
export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

export const AUDITED_POLICY = `version: 1
domains: { allow: [example.com] }
providers:
  Okta:
    domains: [example.com]
    link: true
    groups_attribute: "custom:idp_groups"
    subject_attribute: "custom:idp_subject"
    claims: { email: mail }
groups:
  admin: { precedence: 0, role: "${roleArn('admin')}", includes: [editor] }
  editor: { precedence: 10, includes: [reader] }
  reader: { precedence: 20 }
  staff: { members: { domains: [example.com] } }
rules:
  - { id: read, allow: ["GET /articles/**"], to: { groups: [reader] } }
  - { id: own-tenant, allow: ["ANY /tenants/{tenant}/**"], where: { tenant: "\${claims.tenant}" } }
  - { id: remove, deny: ["DELETE /**"], unless: { mfa: true } }
confirmed: { groups: [reader] }
tokens: { claims: { tenant: "\${user.custom:tenant}", mail: "\${user.email}" } }
`;

export function policyOf(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join('\n'));
  return parsed.policy;
}

/** The permission that AWS recommends, in the words in which Lambda stores it. */
export const permission = (
  condition: object,
  principal: unknown = { Service: 'cognito-idp.amazonaws.com' },
) => ({
  Version: '2012-10-17',
  Id: 'default',
  Statement: [
    {
      Sid: 'pool',
      Effect: 'Allow',
      Principal: principal,
      Action: 'lambda:InvokeFunction',
      Resource: functionArn('pre-sign-up'),
      Condition: condition,
    },
  ],
});

export const FROM_POOL = {
  StringEquals: { 'AWS:SourceAccount': ACCOUNT },
  ArnLike: { 'AWS:SourceArn': POOL_ARN },
};

export const trust = (
  condition: object = {
    StringEquals: { 'cognito-identity.amazonaws.com:aud': IDENTITY_POOL_ID },
    'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' },
  },
) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'cognito-identity.amazonaws.com' },
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
      Condition: condition,
    },
  ],
});

/** Each person's own rows and objects, and nothing else. */
export const OWN_ROWS = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'cognito-identity:GetCredentialsForIdentity', Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject'],
      Resource: 'arn:aws:s3:::app/${cognito-identity.amazonaws.com:sub}/*',
    },
    {
      Effect: 'Allow',
      Action: ['dynamodb:Query', 'dynamodb:GetItem'],
      Resource: `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/app`,
      Condition: {
        'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['${cognito-identity.amazonaws.com:sub}'] },
      },
    },
  ],
};

export const statements = (document: object) => statementsOf(JSON.stringify(document));

export const ALL_SOURCES = ['method.request.header.Authorization', 'context.httpMethod', 'context.path'];

export const authorizerConfig = (env: Record<string, string> = {}) =>
  readAuthorizerConfig({
    USER_POOL_IDS: POOL_ID,
    APP_CLIENT_IDS: CLIENT_ID,
    AUTHORIZER_TTL_SECONDS: '60',
    ...env,
  });

export function cleanFacts(): FactValues {
  return {
    settings: { hosts: [], openRoutes: [] },
    policy: policyOf(AUDITED_POLICY),
    pool: {
      Id: POOL_ID,
      Name: 'app',
      Arn: POOL_ARN,
      UserPoolTier: 'ESSENTIALS',
      DeletionProtection: 'ACTIVE',
      Policies: { PasswordPolicy: { MinimumLength: 12, TemporaryPasswordValidityDays: 7 } },
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      AutoVerifiedAttributes: ['email'],
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      MfaConfiguration: 'OPTIONAL',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
      EstimatedNumberOfUsers: 12,
      SchemaAttributes: ['sub', 'email', 'email_verified', 'custom:tenant', 'custom:idp_groups'].map(
        (Name) => ({ Name }),
      ),
      LambdaConfig: {
        PreSignUp: functionArn('pre-sign-up'),
        PostConfirmation: functionArn('post-confirmation'),
        PreTokenGeneration: functionArn('pre-token-generation'),
        PreTokenGenerationConfig: {
          LambdaArn: functionArn('pre-token-generation'),
          LambdaVersion: 'V2_0',
        },
        InboundFederation: { LambdaArn: functionArn('inbound-federation'), LambdaVersion: 'V1_0' },
      },
    },
    mfa: { MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } },
    clients: [
      {
        ClientName: 'web',
        ClientId: CLIENT_ID,
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        PreventUserExistenceErrors: 'ENABLED',
        EnableTokenRevocation: true,
        AccessTokenValidity: 15,
        IdTokenValidity: 15,
        RefreshTokenValidity: 1,
        TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
        ReadAttributes: ['email', 'email_verified'],
        WriteAttributes: ['email'],
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['openid', 'email'],
        SupportedIdentityProviders: ['COGNITO', 'Okta'],
        CallbackURLs: ['https://app.example.com/signed-in', 'https://admin.example.com/signed-in'],
        LogoutURLs: ['https://app.example.com/'],
      },
      {
        ClientName: 'orders',
        ClientId: '2example23456789',
        // As the infrastructure tools leave a client for machines.
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['client_credentials'],
        AllowedOAuthScopes: ['orders/write'],
        AccessTokenValidity: 1,
        RefreshTokenValidity: 30,
      },
    ],
    groups: [
      { GroupName: 'admin', Precedence: 1, RoleArn: roleArn('admin') },
      { GroupName: 'editor', Precedence: 2 },
      { GroupName: 'reader' },
      { GroupName: `${POOL_ID}_Okta` },
    ],
    providers: [
      {
        ProviderName: 'Okta',
        ProviderType: 'OIDC',
        AttributeMapping: {
          email: 'mail',
          email_verified: 'email_verified',
          'custom:idp_groups': 'groups',
          'custom:idp_subject': 'sub',
          username: 'sub',
        },
      },
    ],
    triggers: ['pre-sign-up', 'post-confirmation', 'pre-token-generation', 'inbound-federation'].map(
      (name) => ({
        slots: [name],
        arn: functionArn(name),
        statements: statements(permission(FROM_POOL)),
      }),
    ),
    identityPool: {
      pool: {
        IdentityPoolId: IDENTITY_POOL_ID,
        IdentityPoolName: 'app',
        AllowUnauthenticatedIdentities: false,
        AllowClassicFlow: false,
        CognitoIdentityProviders: [
          { ProviderName: PROVIDER, ClientId: CLIENT_ID, ServerSideTokenCheck: true },
        ],
      },
      roles: { authenticated: roleArn('signed-in') },
      roleMappings: {
        [`${PROVIDER}:${CLIENT_ID}`]: {
          Type: 'Rules',
          AmbiguousRoleResolution: 'Deny',
          RulesConfiguration: {
            Rules: [
              { Claim: 'cognito:username', MatchType: 'Equals', Value: 'ada', RoleARN: roleArn('admin') },
            ],
          },
        },
      },
    },
    roles: ['signed-in', 'admin'].map((name) => ({
      arn: roleArn(name),
      givenTo: [name === 'admin' ? 'group admin' : 'authenticated identities'],
      guests: false,
      trust: statements(trust()),
      permissions: [{ policy: 'own', statements: statements(OWN_ROWS) }],
    })),
    apis: [
      {
        kind: 'REST',
        id: 'rest1',
        name: 'articles',
        cors: false,
        routes: [
          { key: 'ANY /{proxy+}', authorization: 'CUSTOM', authorizerId: 'a1', apiKeyRequired: false },
          { key: 'OPTIONS /{proxy+}', authorization: 'NONE', authorizerId: null, apiKeyRequired: false },
          { key: 'POST /hooks', authorization: 'AWS_IAM', authorizerId: null, apiKeyRequired: false },
        ],
        authorizers: [
          {
            id: 'a1',
            name: 'gatehouse',
            type: 'REQUEST',
            ttlSeconds: 60,
            identitySources: ALL_SOURCES,
            functionArn: functionArn('authorizer'),
            payloadVersion: null,
            simpleResponses: false,
          },
        ],
      },
      {
        kind: 'HTTP',
        id: 'http1',
        name: 'orders',
        cors: true,
        routes: [
          { key: '$default', authorization: 'CUSTOM', authorizerId: 'a2', apiKeyRequired: false },
          { key: 'OPTIONS /{proxy+}', authorization: 'NONE', authorizerId: null, apiKeyRequired: false },
        ],
        authorizers: [
          {
            id: 'a2',
            name: 'gatehouse',
            type: 'REQUEST',
            ttlSeconds: 0,
            identitySources: [],
            functionArn: functionArn('authorizer'),
            payloadVersion: '2.0',
            simpleResponses: true,
          },
        ],
      },
    ],
    cachedRoutes: [
      {
        apiId: 'rest1',
        key: 'GET /articles',
        authorization: 'CUSTOM',
        keyParameters: ['method.request.header.Authorization'],
      },
      { apiId: 'rest1', key: 'GET /public', authorization: 'NONE', keyParameters: [] },
    ],
    authorizers: new Map([[functionArn('authorizer'), authorizerConfig()]]),
  };
}

/** Values as facts of which nothing is missing. */
export function wholeFacts(values: FactValues): Facts {
  const part = <T>(value: T): Part<T> => ({ value, gaps: [] });
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, part(value)]),
  ) as unknown as Facts;
}
