/** An AWS account at the wire, in the forms in which AWS answers; for reading only. In it the audit finds nothing. */

import {
  ALL_SOURCES,
  CLIENT_ID,
  FROM_POOL,
  functionArn,
  IDENTITY_POOL_ID,
  OWN_ROWS,
  permission,
  POOL_ARN,
  POOL_ID,
  PROVIDER,
  roleArn,
  trust,
} from './audit-facts.ts';

export const REST_API = 'a1b2c3d4e5';
export const HTTP_API = 'f6g7h8i9j0';

/** What must never be printed. */
export const SECRETS = ['1clientsecret1', '2providersecret2', '3environment3'];

/** Its `pool` and so on may be changed before it is asked. */
export interface Account {
  pool: Record<string, unknown> & { LambdaConfig: Record<string, unknown> };
  mfa: Record<string, unknown>;
  clients: Record<string, unknown>[];
  groups: Record<string, unknown>[];
  providers: Record<string, unknown>[];
  /** By function ARN, with the qualifier; null: it has none. */
  policies: Record<string, object | null>;
  environments: Record<string, Record<string, string>>;
  identityPool: Record<string, unknown>;
  identityPoolRoles: { Roles: Record<string, string>; RoleMappings: Record<string, unknown> };
  /** By role name. */
  roles: Record<string, { trust: object; inline: Record<string, object>; managed: Record<string, object> }>;
  rest: {
    api: object;
    resources: Record<string, unknown>[];
    authorizers: Record<string, unknown>[];
    stage: Record<string, unknown>;
  };
  http: {
    api: Record<string, unknown>;
    routes: Record<string, unknown>[];
    authorizers: Record<string, unknown>[];
    stage: object;
  };
}

const NOW = 1763747000.123;
const TRIGGERS = ['pre-sign-up', 'pre-token-generation'];

export function cleanAccount(): Account {
  return {
    pool: {
      Id: POOL_ID,
      Name: 'gatehouse-dev',
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          RequireUppercase: true,
          RequireLowercase: true,
          RequireNumbers: true,
          RequireSymbols: false,
          TemporaryPasswordValidityDays: 7,
        },
        SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
      },
      DeletionProtection: 'ACTIVE',
      LambdaConfig: {
        PreSignUp: functionArn('pre-sign-up'),
        PreTokenGeneration: functionArn('pre-token-generation'),
        PreTokenGenerationConfig: { LambdaArn: functionArn('pre-token-generation'), LambdaVersion: 'V2_0' },
      },
      LastModifiedDate: NOW,
      CreationDate: NOW,
      SchemaAttributes: ['sub', 'email', 'email_verified', 'custom:tenant'].map((Name) => ({
        Name,
        AttributeDataType: 'String',
        DeveloperOnlyAttribute: false,
        Mutable: true,
        Required: false,
        StringAttributeConstraints: {},
      })),
      AutoVerifiedAttributes: ['email'],
      UsernameAttributes: ['email'],
      VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
      UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      MfaConfiguration: 'OPTIONAL',
      EstimatedNumberOfUsers: 12,
      EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
      UserPoolTags: {},
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
      UsernameConfiguration: { CaseSensitive: false },
      Arn: POOL_ARN,
      AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: 'verified_email' }] },
      UserPoolTier: 'ESSENTIALS',
      Quantum: { Level: 3 },
    },
    mfa: { SoftwareTokenMfaConfiguration: { Enabled: true }, MfaConfiguration: 'OPTIONAL' },
    clients: [
      {
        UserPoolId: POOL_ID,
        ClientName: 'web',
        ClientId: CLIENT_ID,
        ClientSecret: SECRETS[0],
        LastModifiedDate: NOW,
        CreationDate: NOW,
        RefreshTokenValidity: 1,
        AccessTokenValidity: 15,
        IdTokenValidity: 15,
        TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'days' },
        ReadAttributes: ['email', 'email_verified'],
        WriteAttributes: ['email'],
        ExplicitAuthFlows: [
          'ALLOW_ADMIN_USER_PASSWORD_AUTH',
          'ALLOW_REFRESH_TOKEN_AUTH',
          'ALLOW_USER_SRP_AUTH',
        ],
        AllowedOAuthFlowsUserPoolClient: false,
        PreventUserExistenceErrors: 'ENABLED',
        EnableTokenRevocation: true,
        EnablePropagateAdditionalUserContextData: false,
        AuthSessionValidity: 3,
      },
      {
        UserPoolId: POOL_ID,
        ClientName: 'orders',
        ClientId: '2example23456789',
        ClientSecret: SECRETS[0],
        RefreshTokenValidity: 30,
        TokenValidityUnits: {},
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['client_credentials'],
        AllowedOAuthScopes: ['orders/write'],
      },
    ],
    groups: [
      {
        GroupName: 'admin',
        UserPoolId: POOL_ID,
        RoleArn: roleArn('admin'),
        LastModifiedDate: NOW,
        CreationDate: NOW,
      },
      { GroupName: 'editor', UserPoolId: POOL_ID, LastModifiedDate: NOW, CreationDate: NOW },
      {
        GroupName: 'reader',
        UserPoolId: POOL_ID,
        Description: 'all',
        LastModifiedDate: NOW,
        CreationDate: NOW,
      },
    ],
    providers: [
      {
        UserPoolId: POOL_ID,
        ProviderName: 'Okta',
        ProviderType: 'OIDC',
        ProviderDetails: {
          client_id: 'c',
          client_secret: SECRETS[1],
          oidc_issuer: 'https://example.okta.com',
        },
        AttributeMapping: { email: 'email', email_verified: 'email_verified', username: 'sub' },
        LastModifiedDate: NOW,
        CreationDate: NOW,
      },
    ],
    policies: Object.fromEntries(TRIGGERS.map((name) => [functionArn(name), permission(FROM_POOL)])),
    environments: {
      [functionArn('authorizer')]: {
        USER_POOL_IDS: POOL_ID,
        APP_CLIENT_IDS: CLIENT_ID,
        AUTHORIZER_TTL_SECONDS: '60',
        HTTP_RESPONSE: 'simple',
        LOG_LEVEL: 'INFO',
        OWN_SECRET: String(SECRETS[2]),
      },
    },
    identityPool: {
      IdentityPoolId: IDENTITY_POOL_ID,
      IdentityPoolName: 'app',
      AllowUnauthenticatedIdentities: false,
      AllowClassicFlow: false,
      CognitoIdentityProviders: [{ ProviderName: PROVIDER, ClientId: CLIENT_ID, ServerSideTokenCheck: true }],
      IdentityPoolTags: {},
    },
    identityPoolRoles: {
      Roles: { authenticated: roleArn('signed-in') },
      RoleMappings: { [`${PROVIDER}:${CLIENT_ID}`]: { Type: 'Token', AmbiguousRoleResolution: 'Deny' } },
    },
    roles: {
      'signed-in': { trust: trust(), inline: { own: OWN_ROWS }, managed: {} },
      admin: {
        trust: trust(),
        inline: {},
        managed: { Admins: OWN_ROWS, More: { Version: '2012-10-17', Statement: [] } },
      },
    },
    rest: {
      api: { id: REST_API, name: 'articles', createdDate: 1763747000, apiKeySource: 'HEADER' },
      resources: [
        { id: 'r0', path: '/' },
        {
          id: 'r1',
          parentId: 'r0',
          path: '/{proxy+}',
          pathPart: '{proxy+}',
          resourceMethods: {
            ANY: {
              httpMethod: 'ANY',
              authorizationType: 'CUSTOM',
              authorizerId: 'x1',
              apiKeyRequired: false,
              methodIntegration: { type: 'AWS_PROXY', cacheNamespace: 'r1', cacheKeyParameters: [] },
            },
            OPTIONS: {
              httpMethod: 'OPTIONS',
              authorizationType: 'NONE',
              methodIntegration: { type: 'MOCK' },
            },
          },
        },
      ],
      authorizers: [
        {
          id: 'x1',
          name: 'gatehouse',
          type: 'REQUEST',
          authType: 'custom',
          authorizerUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn('authorizer')}/invocations`,
          identitySource: ALL_SOURCES.join(','),
          authorizerResultTtlInSeconds: 60,
        },
      ],
      stage: {
        stageName: 'dev',
        deploymentId: 'd1',
        cacheClusterEnabled: false,
        methodSettings: {},
        variables: { authorizer: functionArn('authorizer') },
      },
    },
    http: {
      api: {
        apiId: HTTP_API,
        name: 'orders',
        protocolType: 'HTTP',
        routeSelectionExpression: '$request.method $request.path',
        corsConfiguration: { allowOrigins: ['*'] },
      },
      routes: [
        {
          routeId: 'a',
          routeKey: 'ANY /{proxy+}',
          authorizationType: 'CUSTOM',
          authorizerId: 'y1',
          target: 'integrations/i',
        },
        { routeId: 'b', routeKey: 'OPTIONS /{proxy+}', authorizationType: 'NONE', target: 'integrations/i' },
      ],
      authorizers: [
        {
          authorizerId: 'y1',
          name: 'gatehouse',
          authorizerType: 'REQUEST',
          authorizerPayloadFormatVersion: '2.0',
          authorizerResultTtlInSeconds: 0,
          authorizerUri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn('authorizer')}/invocations`,
          enableSimpleResponses: true,
          identitySource: [],
        },
      ],
      stage: {
        stageName: 'dev',
        autoDeploy: true,
        stageVariables: { authorizer: functionArn('authorizer') },
      },
    },
  };
}
