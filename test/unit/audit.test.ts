/** Each rule by itself: from facts in which nothing is found, one thing is changed, and exactly that finding comes. */

import { describe, expect, it } from '@jest/globals';
import type { UserPoolClientType } from '@aws-sdk/client-cognito-identity-provider';
import { auditFacts } from '../../shared/pool/audit/audit.ts';
import type { FactValues } from '../../shared/pool/audit/facts.ts';
import { RULES } from '../../shared/pool/audit/rules.ts';
import {
  ALL_SOURCES,
  AUDITED_POLICY,
  authorizerConfig,
  CLIENT_ID,
  cleanFacts,
  FROM_POOL,
  functionArn,
  IDENTITY_POOL_ID,
  OWN_ROWS,
  permission,
  policyOf,
  PROVIDER,
  roleArn,
  statements,
  trust,
  wholeFacts,
} from '../support/audit-facts.ts';

type Change = (facts: FactValues) => void;

const found = (facts: FactValues) => auditFacts(wholeFacts(facts)).findings;

const changed = (...changes: (Change | undefined)[]) => {
  const facts = cleanFacts();
  for (const change of changes) change?.(facts);
  return facts;
};

const client =
  (settings: Partial<UserPoolClientType>): Change =>
  ({ clients }) =>
    Object.assign(clients[0] as object, settings);
const pool =
  (settings: FactValues['pool']): Change =>
  (facts) =>
    Object.assign(facts.pool, settings);
const lambda =
  (settings: NonNullable<FactValues['pool']['LambdaConfig']>): Change =>
  (facts) =>
    Object.assign(facts.pool.LambdaConfig as object, settings);
const policy =
  (from: string | RegExp, to: string): Change =>
  (facts) => {
    const text = AUDITED_POLICY.replace(from, to);
    expect(text).not.toBe(AUDITED_POLICY);
    facts.policy = policyOf(text);
  };
const trigger =
  (document: object | null): Change =>
  ({ triggers }) =>
    Object.assign(triggers[0] as object, { statements: document === null ? [] : statements(document) });
const identityPool =
  (settings: Partial<FactValues['identityPool']['pool']>): Change =>
  (facts) =>
    Object.assign(facts.identityPool.pool, settings);
const mapping =
  (settings: object): Change =>
  ({ identityPool: { roleMappings } }) =>
    Object.assign(roleMappings[`${PROVIDER}:${CLIENT_ID}`] as object, settings);
const mappingRule = (Claim: string, MatchType: string) =>
  mapping({ RulesConfiguration: { Rules: [{ Claim, MatchType, Value: 'x', RoleARN: roleArn('admin') }] } });
const roleTrust =
  (condition: object, guests = false): Change =>
  ({ roles }) =>
    Object.assign(roles[0] as object, { guests, trust: statements(trust(condition)) });
const grant =
  (statement: object): Change =>
  ({ roles }) =>
    roles[0]?.permissions.push({
      policy: 'more',
      statements: statements({ Statement: { Effect: 'Allow', ...statement } }),
    });
const route =
  (api: number, key: string, settings: object = {}): Change =>
  ({ apis }) =>
    apis[api]?.routes.push({
      key,
      authorization: 'NONE',
      authorizerId: null,
      apiKeyRequired: false,
      ...settings,
    });
const authorizer =
  (api: number, settings: object): Change =>
  ({ apis }) =>
    Object.assign(apis[api]?.authorizers[0] as object, settings);
const environment =
  (env: Record<string, string>): Change =>
  (facts) => {
    facts.authorizers = new Map([[functionArn('authorizer'), authorizerConfig(env)]]);
  };

const AUD = 'cognito-identity.amazonaws.com:aud';
const AMR = 'cognito-identity.amazonaws.com:amr';
const unverified = pool({ UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: [] } });
/** What the provider's mapping reads an attribute from; undefined takes the attribute out. */
const mappedFrom =
  (attribute: string, from?: string): Change =>
  ({ providers }) => {
    const attributes = providers[0]?.AttributeMapping as Record<string, string>;
    if (from === undefined) delete attributes[attribute];
    else attributes[attribute] = from;
  };
const provider =
  (settings: object): Change =>
  ({ providers }) =>
    Object.assign(providers[0] as object, settings);
/** Of a provider that is linked by what the pool calls its users. */
const noSubject: Change = policy(/^ +subject_attribute: .*\n/gm, '');
const noInbound = lambda({ InboundFederation: undefined });

/** Rule, what is so already, the one thing that changes, and what is said of it. */
const FINDINGS: [string, Change | undefined, Change, RegExp][] = [
  ['POOL_UPDATE_UNVERIFIED', client({ WriteAttributes: ['name'] }), unverified, /lacks `email`/],
  [
    'POOL_UPDATE_UNVERIFIED',
    undefined,
    pool({ AutoVerifiedAttributes: ['email', 'phone_number'] }),
    /lacks `phone_number`/,
  ],
  [
    'POOL_CLIENT_WRITES_EMAIL',
    (facts) => changeBoth(facts, client({ WriteAttributes: ['name'] }), unverified),
    client({ WriteAttributes: ['name', 'email'] }),
    /WriteAttributes has `email`/,
  ],
  [
    'POOL_CLIENT_WRITES_EMAIL',
    (facts) => changeBoth(facts, client({ WriteAttributes: ['name'] }), unverified),
    client({ WriteAttributes: undefined }),
    /is not set, which includes `email`/,
  ],
  [
    'POOL_CLIENT_WRITES_TRUSTED',
    undefined,
    client({ WriteAttributes: ['email', 'custom:tenant'] }),
    /`custom:tenant`: `tokens.claims` makes `tenant` of it/,
  ],
  [
    'POOL_CLIENT_WRITES_TRUSTED',
    undefined,
    client({ WriteAttributes: ['custom:idp_groups'] }),
    /`custom:idp_groups`: it holds the groups that `Okta` names/,
  ],
  [
    'POOL_CLIENT_WRITES_TRUSTED',
    client({ WriteAttributes: ['profile'] }),
    policy('claims.tenant}', 'claims.profile}'),
    /`profile`: rule `own-tenant` reads it/,
  ],
  [
    'POOL_CLIENT_TOKENS_LONG',
    undefined,
    client({ AccessTokenValidity: 90 }),
    /access tokens live for 90 minutes/,
  ],
  ['POOL_CLIENT_TOKENS_LONG', undefined, client({ IdTokenValidity: 61 }), /ID tokens live for 61 minutes/],
  [
    'POOL_CLIENT_TOKENS_LONG',
    undefined,
    client({ TokenValidityUnits: { AccessToken: 'hours', IdToken: 'minutes', RefreshToken: 'days' } }),
    /access tokens live for 15 hours/,
  ],
  ['POOL_CLIENT_REFRESH_LONG', undefined, client({ RefreshTokenValidity: 30 }), /live for 30 days$/],
  ['POOL_CLIENT_REFRESH_LONG', undefined, client({ RefreshTokenValidity: 0 }), /30 days$/],
  [
    'POOL_CLIENT_REFRESH_LONG',
    client({ RefreshTokenRotation: { Feature: 'ENABLED' } }),
    client({ RefreshTokenValidity: 90 }),
    /90 days, and are rotated$/,
  ],
  [
    'POOL_CLIENT_REVOCATION_OFF',
    undefined,
    client({ EnableTokenRevocation: false }),
    /EnableTokenRevocation/,
  ],
  ['POOL_CLIENT_TELLS_WHO_EXISTS', undefined, client({ PreventUserExistenceErrors: 'LEGACY' }), /is LEGACY/],
  ['POOL_CLIENT_TELLS_WHO_EXISTS', undefined, client({ PreventUserExistenceErrors: undefined }), /is LEGACY/],
  ['POOL_CLIENT_IMPLICIT_GRANT', undefined, client({ AllowedOAuthFlows: ['code', 'implicit'] }), /implicit/],
  [
    'POOL_CLIENT_PASSWORD_FLOW',
    undefined,
    client({ ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] }),
    /ALLOW_USER_PASSWORD_AUTH/,
  ],
  [
    'POOL_CLIENT_LEGACY_FLOWS',
    undefined,
    client({ ExplicitAuthFlows: ['ADMIN_NO_SRP_AUTH'] }),
    /ADMIN_NO_SRP_AUTH/,
  ],
  [
    'POOL_CLIENT_PASSES_BY_PROVIDER',
    undefined,
    client({ SupportedIdentityProviders: ['Okta'] }),
    /meant for Okta, and the API takes ALLOW_USER_SRP_AUTH/,
  ],
  [
    'POOL_CLIENT_PASSES_BY_PROVIDER',
    client({ ExplicitAuthFlows: undefined }),
    client({ SupportedIdentityProviders: ['Okta'] }),
    /ALLOW_USER_SRP_AUTH, ALLOW_CUSTOM_AUTH/,
  ],
  [
    'POOL_CLIENT_REGISTRATION_OPEN',
    undefined,
    pool({ DcrConfiguration: { EnableStatus: 'Enabled', OpenDcrEnabled: true } }),
    /OpenDcrEnabled/,
  ],
  [
    'POOL_CLIENT_URL_HTTP',
    undefined,
    client({ LogoutURLs: ['http://app.example.com/'] }),
    /^logout http:\/\/app.example.com\/$/,
  ],
  [
    'POOL_CLIENT_URL_HTTP',
    undefined,
    client({ DefaultRedirectURI: 'http://app.example.com/x' }),
    /^callback http:\/\/app.example.com\/x$/,
  ],
  [
    'POOL_CLIENT_URL_LOOPBACK',
    undefined,
    client({ CallbackURLs: ['https://app.example.com/signed-in', 'http://localhost:3000/'] }),
    /localhost:3000/,
  ],
  [
    'POOL_CLIENT_URL_WILDCARD',
    undefined,
    client({ CallbackURLs: ['https://*.example.com/signed-in'] }),
    /\*\.example\.com/,
  ],
  [
    'POOL_CLIENT_URL_FOREIGN',
    undefined,
    client({ LogoutURLs: ['https://example.net/bye'] }),
    /example.net\/bye; most are under example.com$/,
  ],
  [
    'POOL_CLIENT_URL_FOREIGN',
    undefined,
    client({
      CallbackURLs: ['https://main.d1.amplifyapp.com/', 'https://next.d1.amplifyapp.com/'],
      LogoutURLs: ['https://main.d2.amplifyapp.com/'],
    }),
    /d2.amplifyapp.com\/; most are under d1.amplifyapp.com$/,
  ],
  [
    'POOL_CLIENT_URL_FOREIGN',
    undefined,
    ({ settings }) => {
      settings.hosts = ['app.example.com'];
    },
    /^callback https:\/\/admin.example.com\/signed-in$/,
  ],
  [
    'POOL_SIGN_UP_GIVES_POWER',
    undefined,
    policy('confirmed: { groups: [reader] }', 'confirmed: { groups: [admin] }'),
    /`confirmed.groups`, and gives the role/,
  ],
  [
    'POOL_SIGN_UP_GIVES_POWER',
    undefined,
    policy(
      'reader: { precedence: 20 }',
      'reader: { precedence: 20, includes: [root] }\n  root: { members: { domains: [a.example] } }',
    ),
    /by its name/,
  ],
  [
    'POOL_SIGN_UP_GIVES_POWER',
    undefined,
    policy('"GET /articles/**"', '"ANY /**"'),
    /may do everything by rule `read`/,
  ],
  [
    'POOL_SIGN_UP_BESIDE_ADMINS',
    undefined,
    policy('domains: { allow: [example.com] }\n', 'domains: { deny: [example.org] }\n'),
    /gives the role .*open to every address/,
  ],
  ['POOL_MFA_OFF', undefined, pool({ MfaConfiguration: 'OFF' }), /OFF/],
  ['POOL_MFA_OFF', undefined, pool({ MfaConfiguration: undefined }), /OFF/],
  [
    'POOL_MFA_MESSAGES_ONLY',
    undefined,
    (facts) => {
      facts.mfa = { MfaConfiguration: 'ON', SmsMfaConfiguration: {}, EmailMfaConfiguration: {} };
    },
    /SMS and e-mail/,
  ],
  ['POOL_TIER_HIDES_MFA', lambdaV1(), pool({ UserPoolTier: 'LITE' }), /`mfa` is never true/],
  ['POOL_DELETION_UNPROTECTED', undefined, pool({ DeletionProtection: 'INACTIVE' }), /INACTIVE/],
  ['POOL_THREAT_PROTECTION_OFF', undefined, pool({ UserPoolTier: 'PLUS' }), /AdvancedSecurityMode is OFF/],
  [
    'POOL_THREAT_PROTECTION_OFF',
    undefined,
    pool({ UserPoolTier: 'PLUS', UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } }),
    /AdvancedSecurityMode is AUDIT/,
  ],
  [
    'POOL_THREAT_PROTECTION_OFF',
    pool({ UserPoolTier: 'PLUS', UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' } }),
    lambda({ DefineAuthChallenge: functionArn('define-auth-challenge') }),
    /custom sign-in is left out/,
  ],
  [
    'POOL_TIER_TOO_LOW',
    policy('unless: { mfa: true }', 'unless: { auth_age: 15m }'),
    pool({ UserPoolTier: 'LITE' }),
    /version V2_0/,
  ],
  [
    'POOL_TIER_TOO_LOW',
    (facts) => changeBoth(facts, pool({ UserPoolTier: 'LITE' }), lambdaV1()),
    pool({ Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } }),
    /begin with PASSWORD, EMAIL_OTP/,
  ],
  ['POOL_PASSWORD_SHORT', undefined, pool({ Policies: { PasswordPolicy: { MinimumLength: 6 } } }), /is 6/],
  [
    'POOL_INVITATION_LONG',
    undefined,
    pool({ Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 90 } } }),
    /90 days/,
  ],
  [
    'POOL_INVITATION_LONG',
    pool({ Policies: {} }),
    pool({ AdminCreateUserConfig: { UnusedAccountValidityDays: 365 } }),
    /365 days/,
  ],
  [
    'POOL_EMAIL_DEFAULT_SENDER',
    undefined,
    pool({ EstimatedNumberOfUsers: 5000 }),
    /COGNITO_DEFAULT, for about 5000/,
  ],
  ['POOL_MESSAGES_FAIL', undefined, pool({ SmsConfigurationFailure: 'SNSSandbox' }), /SNSSandbox/],
  ['POOL_MESSAGES_FAIL', undefined, pool({ EmailConfigurationFailure: 'x' }), /EmailConfigurationFailure/],
  ['POOL_NAMES_CASE_SENSITIVE', undefined, pool({ UsernameConfiguration: undefined }), /capitals/],
  ['POOL_TRIGGER_MISSING', undefined, lambda({ PreSignUp: undefined }), /nobody is refused at sign-up/],
  ['POOL_TRIGGER_MISSING', undefined, lambda({ PostConfirmation: '' }), /`confirmed`/],
  [
    'POOL_TRIGGER_MISSING',
    undefined,
    lambda({ PreTokenGeneration: undefined, PreTokenGenerationConfig: undefined }),
    /tokens are neither/,
  ],
  [
    'POOL_TRIGGER_MISSING',
    undefined,
    policy('confirmed:', 'sign_in: { methods: [email_otp] }\nconfirmed:'),
    /nobody can sign in by `sign_in`/,
  ],
  ['POOL_TRIGGER_NOT_CALLABLE', undefined, trigger(null), /no statement/],
  [
    'POOL_TRIGGER_NOT_CALLABLE',
    undefined,
    trigger(
      permission({
        ...FROM_POOL,
        ArnLike: { 'AWS:SourceArn': 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Other' },
      }),
    ),
    /no statement/,
  ],
  [
    'POOL_TRIGGER_NOT_CALLABLE',
    undefined,
    trigger(permission({ ...FROM_POOL, StringEquals: { 'AWS:SourceAccount': '210987654321' } })),
    /no statement/,
  ],
  [
    'POOL_TRIGGER_OPEN_TO_POOLS',
    undefined,
    trigger(permission({ StringEquals: FROM_POOL.StringEquals })),
    /no single pool/,
  ],
  [
    'POOL_TRIGGER_OPEN_TO_POOLS',
    undefined,
    trigger(
      permission({ ...FROM_POOL, ArnLike: { 'aws:SourceArn': 'arn:aws:cognito-idp:*:*:userpool/*' } }, '*'),
    ),
    /no single pool/,
  ],
  [
    'POOL_TRIGGER_NO_SOURCE_ACCOUNT',
    undefined,
    trigger(permission({ ArnLike: FROM_POOL.ArnLike })),
    /no SourceAccount/,
  ],
  [
    'POOL_GROUP_MISSING',
    undefined,
    ({ groups }) =>
      groups.splice(
        groups.findIndex(({ GroupName }) => GroupName === 'admin'),
        1,
      ),
    /nobody can be in it/,
  ],
  [
    'POOL_GROUP_MISSING',
    undefined,
    ({ groups }) =>
      groups.splice(
        groups.findIndex(({ GroupName }) => GroupName === 'reader'),
        1,
      ),
    /`confirmed.groups` names it/,
  ],
  ['POOL_GROUP_UNKNOWN', undefined, ({ groups }) => groups.push({ GroupName: 'beta' }), /not under `groups`/],
  [
    'POOL_GROUP_PRECEDENCE',
    undefined,
    ({ groups }) => Object.assign(groups[0] as object, { Precedence: 3 }),
    /comes before editor in the policy \(0, 10\), and after it in the pool \(3, 2\)/,
  ],
  [
    'POOL_GROUP_PRECEDENCE',
    undefined,
    ({ groups }) => Object.assign(groups[0] as object, { Precedence: undefined }),
    /\(none, 2\)/,
  ],
  [
    'POOL_GROUP_ROLE',
    undefined,
    ({ groups }) => Object.assign(groups[0] as object, { RoleArn: roleArn('other') }),
    /role\/admin in the policy, .*role\/other in the pool/,
  ],
  [
    'POOL_PROVIDER_EMAIL_UNVERIFIED',
    undefined,
    mappedFrom('email_verified'),
    /`email_verified` is not mapped/,
  ],
  ['POOL_PROVIDER_EMAIL_UNVERIFIED', noInbound, mappedFrom('email'), /`email` is not mapped/],
  ['POOL_PROVIDER_UNRESTRICTED', undefined, noInbound, /trusted for example.com/],
  [
    'POOL_PROVIDER_OTHER_CLAIM',
    undefined,
    mappedFrom('email_verified', 'verified'),
    /`email_verified` is mapped from `verified`/,
  ],
  [
    'POOL_PROVIDER_OTHER_CLAIM',
    ({ providers }) => providers.push({ ProviderName: 'Apple', AttributeMapping: { email: 'mail' } }),
    ({ providers }) => Object.assign(providers[1]?.AttributeMapping as object, { email_verified: 'sure' }),
    /is mapped from `sure`/,
  ],
  ['POOL_PROVIDER_OTHER_CLAIM', undefined, mappedFrom('email', 'upn'), /`email` is mapped from `upn`/],
  [
    'POOL_PROVIDER_UNMAPPED',
    undefined,
    mappedFrom('custom:idp_groups'),
    /`groups_attribute` is `custom:idp_groups`, which is not mapped/,
  ],
  ['POOL_PROVIDER_UNMAPPED', undefined, mappedFrom('custom:idp_subject'), /`subject_attribute` is/],
  ['POOL_PROVIDER_SUBJECT_UNKNOWN', undefined, noSubject, /subjects arrive in lower case/],
  [
    'POOL_PROVIDER_MISSING',
    undefined,
    ({ providers }) => Object.assign(providers[0] as object, { ProviderName: 'okta' }),
    /is in the policy and not in the pool/,
  ],
  ['IDENTITY_POOL_GUESTS', undefined, identityPool({ AllowUnauthenticatedIdentities: true }), /is true/],
  ['IDENTITY_POOL_CLASSIC_FLOW', undefined, identityPool({ AllowClassicFlow: true }), /is true/],
  [
    'IDENTITY_POOL_AMBIGUOUS_ROLE',
    undefined,
    mapping({ Type: 'Token', AmbiguousRoleResolution: 'AuthenticatedRole' }),
    /is AuthenticatedRole/,
  ],
  ['IDENTITY_POOL_RULE_LOOSE', undefined, mappingRule('cognito:username', 'Contains'), /any text around/],
  ['IDENTITY_POOL_RULE_LOOSE', undefined, mappingRule('cognito:username', 'NotEqual'), /not even looked at/],
  [
    'IDENTITY_POOL_RULE_WRITABLE',
    client({ WriteAttributes: ['email', 'custom:level'] }),
    (facts) => {
      facts.pool.SchemaAttributes?.push({ Name: 'custom:level' });
      mappingRule('custom:level', 'Equals')(facts);
    },
    /`custom:level Equals x` gives .*: app client web lets people write it/,
  ],
  [
    'IDENTITY_POOL_TOKEN_CHECK_OFF',
    undefined,
    identityPool({ CognitoIdentityProviders: [{ ProviderName: PROVIDER, ClientId: CLIENT_ID }] }),
    /ServerSideTokenCheck is off/,
  ],
  [
    'IDENTITY_ROLE_TRUST',
    undefined,
    roleTrust({ 'ForAnyValue:StringLike': { [AMR]: 'authenticated' } }),
    /asks no .*:aud/,
  ],
  [
    'IDENTITY_ROLE_TRUST',
    undefined,
    roleTrust({ StringEquals: { [AUD]: IDENTITY_POOL_ID } }),
    /asks no .*:amr/,
  ],
  [
    'IDENTITY_ROLE_TRUST',
    undefined,
    roleTrust({
      StringEquals: { [AUD]: IDENTITY_POOL_ID },
      'ForAllValues:StringLike': { [AMR]: 'authenticated' },
    }),
    /asks no .*:amr/,
  ],
  [
    'IDENTITY_ROLE_TRUST',
    undefined,
    roleTrust({
      StringEquals: { [AUD]: 'eu-west-1:other' },
      'ForAnyValue:StringLike': { [AMR]: 'authenticated' },
    }),
    /takes identity pools eu-west-1:other/,
  ],
  [
    'IDENTITY_ROLE_TRUST',
    undefined,
    roleTrust({
      StringEquals: { [AUD]: IDENTITY_POOL_ID },
      'ForAnyValue:StringLike': { [AMR]: 'unauthenticated' },
    }),
    /takes unauthenticated identities, and it is given to authenticated ones/,
  ],
  [
    'IDENTITY_ROLE_WIDE_ACTIONS',
    undefined,
    grant({ Action: 's3:*', Resource: 'arn:aws:s3:::app' }),
    /allows s3:\*/,
  ],
  [
    'IDENTITY_ROLE_WIDE_ACTIONS',
    undefined,
    grant({ Action: ['*'], Resource: 'arn:aws:s3:::app' }),
    /allows \*/,
  ],
  [
    'IDENTITY_ROLE_WIDE_ACTIONS',
    undefined,
    grant({ NotAction: 'iam:*', Resource: 'arn:aws:s3:::app' }),
    /everything but iam:\*/,
  ],
  [
    'IDENTITY_ROLE_WIDE_RESOURCES',
    undefined,
    grant({ Action: 's3:GetObject', Resource: '*' }),
    /s3:GetObject on every/,
  ],
  [
    'IDENTITY_ROLE_WIDE_RESOURCES',
    undefined,
    grant({ Action: 's3:GetObject', NotResource: 'arn:aws:s3:::secret/*' }),
    /everything but arn:aws:s3:::secret/,
  ],
  [
    'IDENTITY_ROLE_VACUOUS',
    undefined,
    grant({ ...OWN_ROWS.Statement[2], Action: ['dynamodb:Query', 'dynamodb:Scan'] }),
    /dynamodb:Scan, which names no leading keys/,
  ],
  ['API_ROUTE_OPEN', undefined, route(0, 'GET /articles'), /has no authorizer$/],
  ['API_ROUTE_OPEN', undefined, route(1, 'POST /orders', { apiKeyRequired: true }), /but an API key/],
  ['API_CATCH_ALL_OPEN', undefined, route(0, 'ANY /v2/{proxy+}'), /every path/],
  [
    'API_CATCH_ALL_OPEN',
    ({ apis }) => Object.assign(apis[1] as object, { cors: false }),
    ({ apis }) => Object.assign(apis[1]?.routes[0] as object, { authorization: 'NONE' }),
    /every path/,
  ],
  [
    'API_ROUTE_PAST_POLICY',
    undefined,
    route(0, 'GET /me', { authorization: 'COGNITO_USER_POOLS', authorizerId: 'a9' }),
    /COGNITO_USER_POOLS, others by a function/,
  ],
  ['API_PREFLIGHT_SWALLOWED', undefined, ({ apis }) => apis[1]?.routes.splice(1, 1), /takes OPTIONS too/],
  [
    'API_TTL_BEYOND_TOKENS',
    environment({ AUTHORIZER_TTL_SECONDS: '3600' }),
    authorizer(0, { ttlSeconds: 1200 }),
    /kept for 20 minutes, and access tokens live for 15 minutes/,
  ],
  [
    'API_TTL_DISAGREES',
    undefined,
    authorizer(0, { ttlSeconds: 300 }),
    /keeps answers for 300 s, and AUTHORIZER_TTL_SECONDS is 60/,
  ],
  [
    'API_CACHE_KEY',
    undefined,
    authorizer(0, { identitySources: ALL_SOURCES.slice(0, 1) }),
    /without context.httpMethod, context.path/,
  ],
  ['API_CACHE_KEY', undefined, authorizer(0, { type: 'TOKEN' }), /TOKEN authorizer keeps answers for 60 s/],
  [
    'API_CACHE_KEY',
    undefined,
    authorizer(1, {
      ttlSeconds: 60,
      identitySources: ['$request.header.Authorization', '$context.routeKey'],
    }),
    /without \$context.httpMethod, \$context.path/,
  ],
  ['API_RESPONSE_FORM', undefined, authorizer(1, { simpleResponses: false }), /every call would be a 500/],
  ['API_RESPONSE_FORM', undefined, authorizer(1, { payloadVersion: '1.0' }), /every call would be a 500/],
  [
    'API_RESPONSES_CACHED',
    undefined,
    ({ cachedRoutes }) =>
      Object.assign(cachedRoutes[0] as object, { keyParameters: ['method.request.path.id'] }),
    /without the caller/,
  ],
];

/** What could be taken for a pitfall, and is none. */
const QUIET: [string, ...Change[]][] = [
  ['a native application’s own scheme', client({ CallbackURLs: ['myapp://signed-in'], LogoutURLs: [] })],
  ['a developer’s client', client({ CallbackURLs: ['http://localhost:3000/'], LogoutURLs: [] })],
  [
    'URLs of a client without managed login',
    client({ AllowedOAuthFlowsUserPoolClient: false, CallbackURLs: ['http://x.example/'] }),
  ],
  [
    'two hosts, neither the more common',
    client({ CallbackURLs: ['https://a.example'], LogoutURLs: ['https://b.example'] }),
  ],
  [
    'another application’s host, in a client of its own',
    ({ clients }) =>
      clients.push({
        ...clients[0],
        ClientName: 'other',
        CallbackURLs: ['https://x.example.net/'],
        LogoutURLs: [],
      }),
  ],
  [
    'a country’s second level, of one’s own',
    client({ CallbackURLs: ['https://a.example.co.uk/', 'https://b.example.co.uk/'], LogoutURLs: [] }),
  ],
  [
    'hosts that are named',
    client({ LogoutURLs: ['https://example.net/bye'] }),
    ({ settings }) => {
      settings.hosts = ['*.Example.com', 'example.net'];
    },
  ],
  ['a pool for administrators to fill', pool({ AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } })],
  [
    'tokens of an hour, which is the default',
    client({ AccessTokenValidity: undefined, IdTokenValidity: undefined }),
  ],
  [
    'a password flow for a pool that migrates users',
    client({ ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] }),
    lambda({ UserMigration: functionArn('migration') }),
  ],
  [
    'a client for providers only, through managed login only',
    client({ SupportedIdentityProviders: ['Okta'], ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] }),
  ],
  [
    'a writable address that no token lets people write',
    client({ ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'], WriteAttributes: ['email'] }),
  ],
  [
    'no second factor where all sign in elsewhere',
    client({ SupportedIdentityProviders: ['Okta'], ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] }),
    pool({ MfaConfiguration: 'OFF' }),
  ],
  [
    'passkeys as a second factor',
    (facts) => {
      facts.mfa = {
        SmsMfaConfiguration: {},
        WebAuthnConfiguration: { FactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION' },
      };
    },
  ],
  [
    'dynamic registration with a token',
    pool({ DcrConfiguration: { EnableStatus: 'Enabled', OpenDcrEnabled: false } }),
  ],
  [
    'dynamic registration that is off',
    pool({ DcrConfiguration: { EnableStatus: 'Disabled', OpenDcrEnabled: true } }),
  ],
  [
    'many users and a sender of one’s own',
    pool({ EstimatedNumberOfUsers: 9e6, EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' } }),
  ],
  ['a group that others include and nobody is listed in', ({ groups }) => groups.splice(1, 1)],
  [
    'another order of groups without roles',
    ({ groups }) => Object.assign(groups[1] as object, { Precedence: 99 }),
  ],
  [
    'one role for a group, given in the policy',
    ({ groups }) => Object.assign(groups[0] as object, { RoleArn: undefined }),
  ],
  [
    'an identity provider without an address, where no domain counts',
    mappedFrom('email'),
    policy(/^domains:.*\n|^ +staff:.*\n/gm, ''),
    pool({ AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } }),
  ],
  [
    'what a provider calls an address that is never trusted',
    ({ providers }) =>
      providers.push({
        ProviderName: 'Apple',
        AttributeMapping: { email: 'upn', email_verified: 'email_verified' },
      }),
  ],
  ['an address under the name that the trigger also gives it', mappedFrom('email', 'email')],
  ['subjects that are digits', noSubject, provider({ ProviderType: 'Google' })],
  [
    'subjects that arrive as the provider spells them',
    noSubject,
    pool({ UsernameConfiguration: { CaseSensitive: true }, UsernameAttributes: [] }),
  ],
  ['a provider that is not linked', noSubject, policy(/link: true/, 'link: false')],
  [
    'a role for guests',
    roleTrust(
      { StringEquals: { [AUD]: IDENTITY_POOL_ID }, 'ForAnyValue:StringLike': { [AMR]: 'unauthenticated' } },
      true,
    ),
  ],
  [
    'a role for Lambda too',
    ({ roles }) =>
      roles[0]?.trust.push(
        ...statements({
          Statement: {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'lambda.amazonaws.com' },
          },
        }),
      ),
  ],
  [
    'a wildcard in a denial',
    ({ roles }) =>
      roles[0]?.permissions.push({
        policy: 'no',
        statements: statements({ Statement: { Effect: 'Deny', Action: '*', Resource: '*' } }),
      }),
  ],
  [
    'every resource under a condition',
    grant({
      Action: 's3:GetObject',
      Resource: '*',
      Condition: { StringEquals: { 'aws:ResourceTag/owner': '${aws:PrincipalTag/sub}' } },
    }),
  ],
  ['a rule on an address that is verified before it counts', mappingRule('email', 'Equals')],
  [
    'another pool’s role mapping',
    ({ identityPool: { roleMappings } }) =>
      Object.assign(roleMappings, { 'accounts.google.com': { Type: 'Token' } }),
  ],
  [
    'a route that is meant to be open',
    route(0, 'GET /health'),
    ({ settings }) => settings.openRoutes.push('GET /health'),
  ],
  [
    'an API that is all JWT',
    ({ apis }) =>
      apis[1]?.routes.splice(0, 1, {
        key: '$default',
        authorization: 'JWT',
        authorizerId: 'j',
        apiKeyRequired: false,
      }),
  ],
  [
    'messages of a WebSocket',
    ({ apis }) =>
      Object.assign(apis[1] as object, {
        kind: 'WEBSOCKET',
        routes: [
          { key: '$connect', authorization: 'CUSTOM' },
          { key: '$default', authorization: 'NONE' },
          { key: 'send', authorization: 'NONE' },
        ],
      }),
  ],
  [
    'an authorizer that no route asks',
    ({ apis }) =>
      apis[0]?.authorizers.push({
        ...apis[0].authorizers[0],
        id: 'old',
        type: 'TOKEN',
        ttlSeconds: 3600,
      } as never),
  ],
  [
    'the token alone as key, in caller mode',
    environment({ ANSWER_MODE: 'caller' }),
    authorizer(0, { type: 'TOKEN' }),
  ],
  [
    'somebody else’s authorizer',
    (facts) => void (facts.authorizers = new Map([[functionArn('authorizer'), null]])),
    authorizer(0, { type: 'TOKEN' }),
  ],
];

function changeBoth(facts: FactValues, first: Change, second: Change): void {
  first(facts);
  second(facts);
}

function lambdaV1(): Change {
  return lambda({ PreTokenGenerationConfig: undefined });
}

describe('the audit', () => {
  it('finds nothing where nothing is wrong', () => {
    const report = auditFacts(wholeFacts(cleanFacts()));
    expect(report).toEqual({
      findings: [],
      examined: RULES.map(({ id }) => id),
      notExamined: [],
      ignored: [],
    });
  });

  it.each(FINDINGS)('%s: one change, one finding (%#)', (id, given, change, detail) => {
    const before = found(changed(given)).map((finding) => finding.id);
    const after = found(changed(given, change)).filter((finding) => !before.includes(finding.id));
    expect(after.map((finding) => finding.id)).toEqual([id]);
    expect(after[0]?.evidence.map((each) => each.detail)).toContainEqual(expect.stringMatching(detail));
    for (const { subject } of after[0]?.evidence ?? []) expect(subject).toMatch(/\S/);
  });

  it.each(QUIET)('says nothing of %s', (_, ...changes) => {
    expect(found(changed(...changes))).toEqual([]);
  });

  it('has a test for each rule, and no rule twice', () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(FINDINGS.map(([id]) => id))).toEqual(new Set(ids));
  });
});

describe('what cannot be examined', () => {
  it('is never called fine', () => {
    const facts = wholeFacts(cleanFacts());
    const gap = { kind: 'unreadable' as const, what: 'cognito-idp:ListGroups', why: 'AccessDeniedException' };
    facts.groups = { value: null, gaps: [gap] };
    const report = auditFacts(facts);
    const wanting = RULES.filter(({ needs }) => needs.includes('groups')).map(({ id }) => id);
    expect(report.notExamined).toEqual([{ ...gap, rules: wanting }]);
    expect(report.examined).toEqual(RULES.map(({ id }) => id).filter((id) => !wanting.includes(id)));
  });

  it('in part, is said beside what was found in the rest', () => {
    const facts = wholeFacts(changed(trigger(null)));
    facts.triggers.gaps.push({ kind: 'unreadable', what: 'lambda:GetPolicy of x', why: 'TimeoutError' });
    const report = auditFacts(facts);
    expect(report.findings.map(({ id }) => id)).toEqual(['POOL_TRIGGER_NOT_CALLABLE']);
    expect(report.examined).not.toContain('POOL_TRIGGER_NOT_CALLABLE');
    expect(report.notExamined).toHaveLength(1);
  });

  it('is left out on request, finding and gap alike', () => {
    const facts = wholeFacts(changed(pool({ MfaConfiguration: 'OFF' })));
    facts.clients.gaps.push({ kind: 'unreadable', what: 'x', why: 'y' });
    const ids = RULES.filter(({ needs }) => needs.includes('clients')).map(({ id }) => id);
    expect(auditFacts(facts, ids)).toMatchObject({ findings: [], notExamined: [], ignored: ids });
  });
});
