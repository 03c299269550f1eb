import {
  AdminAddUserToGroupCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  type AuthenticationResultType,
  CreateGroupCommand,
  GetTokensFromRefreshTokenCommand,
  InitiateAuthCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import {
  APP_CLIENT_ID,
  DEFAULT_CLIENTS,
  ISSUER,
  MACHINE_CLIENT_ID,
  POOL_ID,
  type PoolSettings,
} from '../../sandbox/pool/settings.ts';
import { claimsIn, errorOf, type Json, PASSWORD, type StandIn, TestPool } from '../support/pool.ts';

const ADA = 'ada@example.com';
const pass: StandIn = () => {};
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
let now: number;
let pool: TestPool;
let sub: string;

const MACHINE = {
  ClientId: MACHINE_CLIENT_ID,
  ClientSecret: 's3cret:with a colon',
  AllowedOAuthFlows: ['client_credentials'],
  AllowedOAuthScopes: ['orders/read', 'orders/write'],
};

async function startWith(settings: Partial<PoolSettings> = {}): Promise<void> {
  pool = await TestPool.start(
    { PreTokenGeneration: pass },
    { clients: [...DEFAULT_CLIENTS, MACHINE], customAttributes: ['tenant'], now: () => now, ...settings },
  );
  sub = await pool.newcomer(ADA, { 'custom:tenant': 'acme' });
}
beforeEach(async () => {
  now = Date.now();
  await startWith();
});

const signIn = async (): Promise<AuthenticationResultType> => {
  const parameters = { USERNAME: ADA, PASSWORD };
  const { AuthenticationResult } = await pool.client.send(
    new InitiateAuthCommand({
      ClientId: APP_CLIENT_ID,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: parameters,
    }),
  );
  return AuthenticationResult ?? {};
};
const refresh = async (token = ''): Promise<AuthenticationResultType> => {
  const { AuthenticationResult } = await pool.client.send(
    new InitiateAuthCommand({
      ClientId: APP_CLIENT_ID,
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      AuthParameters: { REFRESH_TOKEN: token },
    }),
  );
  return AuthenticationResult ?? {};
};
const claims = (result: AuthenticationResultType) => ({
  id: claimsIn(result.IdToken),
  access: claimsIn(result.AccessToken),
});
const group = async (GroupName: string, options: object = {}) => {
  await pool.client.send(new CreateGroupCommand({ UserPoolId: POOL_ID, GroupName, ...options }));
  await pool.client.send(new AdminAddUserToGroupCommand({ UserPoolId: POOL_ID, Username: ADA, GroupName }));
};
/** Answers with these details. */
const answering = (details: unknown, version: 'V1_0' | 'V2_0' = 'V2_0') => {
  const key = version === 'V1_0' ? 'claimsOverrideDetails' : 'claimsAndScopeOverrideDetails';
  pool.attach({ PreTokenGeneration: ({ response }) => void (response[key] = details) });
};

describe('what tokens hold', () => {
  it('by the documented claims, each with a key of its own, as the library verifies them', async () => {
    await group('editor');
    const result = await signIn();
    const { id, access } = claims(result);
    const seconds = Math.floor(now / 1000);
    const common = {
      sub,
      iss: ISSUER,
      event_id: expect.any(String),
      origin_jti: expect.any(String),
      auth_time: seconds,
      iat: seconds,
      exp: seconds + 3600,
      jti: expect.any(String),
      'cognito:groups': ['editor'],
    };
    expect(id).toEqual({
      ...common,
      token_use: 'id',
      aud: APP_CLIENT_ID,
      'cognito:username': sub,
      email: ADA,
      email_verified: true,
      'custom:tenant': 'acme',
    });
    expect(access).toEqual({
      ...common,
      token_use: 'access',
      client_id: APP_CLIENT_ID,
      username: sub,
      scope: 'aws.cognito.signin.user.admin',
      version: 2,
    });
    expect([id['origin_jti'], id['event_id']]).toEqual([access['origin_jti'], access['event_id']]);
    for (const tokenUse of ['id', 'access'] as const) {
      const verifier = CognitoJwtVerifier.create({ userPoolId: POOL_ID, tokenUse, clientId: APP_CLIENT_ID });
      verifier.cacheJwks(pool.jwks as Parameters<typeof verifier.cacheJwks>[0]);
      await verifier.verify((tokenUse === 'id' ? result.IdToken : result.AccessToken) ?? '');
    }
    const kid = (token = '') =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
    expect(kid(result.IdToken)).not.toBe(kid(result.AccessToken));
  });

  it.each<[string, [number | undefined, string][], string | undefined]>([
    [
      'the one that precedes',
      [
        [20, 'a'],
        [10, 'b'],
      ],
      'b',
    ],
    [
      'none where two with different roles do',
      [
        [10, 'a'],
        [10, 'b'],
      ],
      undefined,
    ],
    [
      'one where both have the same role',
      [
        [10, 'a'],
        [10, 'a'],
      ],
      'a',
    ],
    [
      'a group without precedence comes last',
      [
        [undefined, 'a'],
        [5, 'b'],
      ],
      'b',
    ],
  ])('roles of groups, and as preferred: %s', async (_, groups, preferred) => {
    for (const [index, [Precedence, name]] of groups.entries())
      await group(`group-${index}`, {
        RoleArn: role(name),
        ...(Precedence === undefined ? {} : { Precedence }),
      });
    const { id, access } = claims(await signIn());
    expect(id['cognito:roles']).toEqual([...new Set(groups.map(([, name]) => role(name)))]);
    expect(id['cognito:preferred_role']).toBe(preferred && role(preferred));
    expect(access).not.toHaveProperty('cognito:roles');
    expect(pool.events[0]?.['request']['groupConfiguration']).toEqual({
      groupsToOverride: ['group-0', 'group-1'],
      iamRolesToOverride: id['cognito:roles'],
      preferredRole: preferred ? role(preferred) : null,
    });
  });
});

describe('the event', () => {
  it.each(['V1_0', 'V2_0', 'V3_0'] as const)('%s', async (tokenEventVersion) => {
    await startWith({ tokenEventVersion });
    await signIn();
    expect(pool.events[0]).toMatchObject({
      version: tokenEventVersion[1],
      triggerSource: 'TokenGeneration_Authentication',
      userName: sub,
      request: {
        userAttributes: { sub, email: ADA, email_verified: 'true', 'cognito:user_status': 'CONFIRMED' },
      },
      response:
        tokenEventVersion === 'V1_0'
          ? { claimsOverrideDetails: null }
          : { claimsAndScopeOverrideDetails: null },
    });
    expect(pool.events[0]?.['request']['scopes']).toEqual(
      tokenEventVersion === 'V1_0' ? undefined : ['aws.cognito.signin.user.admin'],
    );
  });

  it('a throw issues no tokens', async () => {
    pool.attach({
      PreTokenGeneration: () => {
        throw new Error('Not you');
      },
    });
    expect(await errorOf(signIn())).toEqual({
      name: 'UserLambdaValidationException',
      message: 'PreTokenGeneration failed with error Not you.',
    });
  });
});

describe('an answer, version 2', () => {
  it('adds, overrides and suppresses in each token; suppressing beats adding', async () => {
    answering({
      idTokenGeneration: {
        claimsToAddOrOverride: { n: 1, list: ['a'], map: { b: true }, both: 'x', 'custom:tenant': 'globex' },
        claimsToSuppress: ['email', 'both'],
      },
      accessTokenGeneration: { claimsToAddOrOverride: { n: 2 } },
    });
    const { id, access } = claims(await signIn());
    expect(id).toMatchObject({ n: 1, list: ['a'], map: { b: true }, 'custom:tenant': 'globex' });
    expect(id).not.toHaveProperty('email');
    expect(id).not.toHaveProperty('both');
    expect(access).toMatchObject({ n: 2 });
    expect(access).not.toHaveProperty('custom:tenant');
  });

  it('adds and suppresses scopes', async () => {
    answering({ accessTokenGeneration: { scopesToAdd: ['a/b', 'c/d'], scopesToSuppress: ['c/d'] } });
    expect(claims(await signIn()).access['scope']).toBe('aws.cognito.signin.user.admin a/b');
    answering({ accessTokenGeneration: { scopesToSuppress: ['aws.cognito.signin.user.admin'] } });
    expect(claims(await signIn()).access).not.toHaveProperty('scope');
  });

  it('passes over what no function may change', async () => {
    const before = claims(await signIn());
    const names =
      'acr amr at_hash auth_time azp exp iat iss jti nbf nonce origin_jti token_use sub identities'
        .concat(
          ' username cognito:username cognito:groups cognito:roles client_id event_id device_key version dev:x',
        )
        .split(' ');
    const generation = {
      claimsToAddOrOverride: {
        ...Object.fromEntries(names.map((name) => [name, 'forged'])),
        aud: 'other',
      },
      claimsToSuppress: names.filter((name) => name !== 'cognito:groups'),
    };
    const forAccess = {
      ...generation,
      claimsToAddOrOverride: { ...generation.claimsToAddOrOverride, scope: 'forged' },
    };
    answering({ idTokenGeneration: generation, accessTokenGeneration: forAccess });
    const after = claims(await signIn());
    for (const use of ['id', 'access'] as const) {
      const fresh = { jti: expect.any(String), origin_jti: expect.any(String), event_id: expect.any(String) };
      expect(after[use]).toEqual({ ...before[use], ...fresh });
      expect(JSON.stringify(after[use])).not.toContain('forged');
    }
  });

  it('gives an access token the client as its audience, and nobody else', async () => {
    answering({ accessTokenGeneration: { claimsToAddOrOverride: { aud: APP_CLIENT_ID } } });
    expect(claims(await signIn()).access['aud']).toBe(APP_CLIENT_ID);
  });

  it.each<[string, unknown, Json]>([
    [
      'replaces groups and roles',
      { groupsToOverride: ['x'], iamRolesToOverride: ['r'], preferredRole: 'r' },
      { 'cognito:groups': ['x'], 'cognito:roles': ['r'], 'cognito:preferred_role': 'r' },
    ],
    ['takes all away where it is empty', {}, {}],
    ['takes all away where it is null', null, {}],
  ])('a group override %s, in both tokens', async (_, groupOverrideDetails, expected) => {
    await group('editor', { RoleArn: role('a') });
    answering({ groupOverrideDetails });
    const { id, access } = claims(await signIn());
    const names = ['cognito:groups', 'cognito:roles', 'cognito:preferred_role'];
    const shown = Object.fromEntries(names.filter((name) => name in id).map((name) => [name, id[name]]));
    expect(shown).toEqual(expected);
    expect(access['cognito:groups']).toEqual(expected['cognito:groups']);
  });

  it.each([[null], [[]], [{}]])('%j changes nothing, and groups stay', async (details) => {
    await group('editor');
    answering(details);
    expect(claims(await signIn()).access['cognito:groups']).toEqual(['editor']);
  });

  it.each<[string, unknown]>([
    ['text', 'x'],
    ['claims that are a list', { idTokenGeneration: { claimsToAddOrOverride: [] } }],
    ['a scope with a space', { accessTokenGeneration: { scopesToAdd: ['a b'] } }],
    ['groups that are text', { groupOverrideDetails: { groupsToOverride: 'admin' } }],
    [
      'a truth value for email_verified',
      { idTokenGeneration: { claimsToAddOrOverride: { email_verified: true } } },
    ],
  ])('%s is no answer', async (_, details) => {
    answering(details);
    expect((await errorOf(signIn())).name).toBe('InvalidLambdaResponseException');
  });
});

describe('an answer, version 1', () => {
  beforeEach(() => startWith({ tokenEventVersion: 'V1_0' }));

  it('shapes the ID token, and groups in both', async () => {
    answering(
      {
        claimsToAddOrOverride: { level: '5' },
        claimsToSuppress: ['email'],
        groupOverrideDetails: { groupsToOverride: ['reader'] },
      },
      'V1_0',
    );
    const { id, access } = claims(await signIn());
    expect(id).toMatchObject({ level: '5', 'cognito:groups': ['reader'] });
    expect(id).not.toHaveProperty('email');
    expect(access).not.toHaveProperty('level');
    expect(access['cognito:groups']).toEqual(['reader']);
  });

  it('knows text only, and not the other version’s key', async () => {
    answering({ claimsToAddOrOverride: { level: 5 } }, 'V1_0');
    expect((await errorOf(signIn())).name).toBe('InvalidLambdaResponseException');
    answering({ idTokenGeneration: { claimsToAddOrOverride: { level: '5' } } });
    expect(claims(await signIn()).id).not.toHaveProperty('level');
  });
});

describe('refreshing', () => {
  it('asks the trigger with the user and groups of now, and goes on with the same sign-in', async () => {
    await group('editor');
    const first = await signIn();
    await pool.client.send(
      new AdminRemoveUserFromGroupCommand({ UserPoolId: POOL_ID, Username: ADA, GroupName: 'editor' }),
    );
    await pool.client.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: POOL_ID,
        Username: ADA,
        UserAttributes: [{ Name: 'custom:tenant', Value: 'globex' }],
      }),
    );
    now += 600_000;
    pool.events.length = 0;
    const second = await refresh(first.RefreshToken);
    expect(pool.events).toMatchObject([
      {
        triggerSource: 'TokenGeneration_RefreshTokens',
        request: {
          userAttributes: { 'custom:tenant': 'globex' },
          groupConfiguration: { groupsToOverride: [] },
        },
      },
    ]);
    expect(second).not.toHaveProperty('RefreshToken');
    const [before, after] = [claims(first).access, claims(second).access];
    expect(after).toMatchObject({ auth_time: before['auth_time'], origin_jti: before['origin_jti'] });
    expect(after['iat']).toBe(before['iat'] + 600);
    expect(after).not.toHaveProperty('cognito:groups');
  });

  it('by GetTokensFromRefreshToken brings the client’s metadata', async () => {
    const { RefreshToken } = await signIn();
    pool.events.length = 0;
    await pool.client.send(
      new GetTokensFromRefreshTokenCommand({
        ClientId: APP_CLIENT_ID,
        RefreshToken,
        ClientMetadata: { a: 'b' },
      }),
    );
    expect(pool.events).toMatchObject([
      { triggerSource: 'TokenGeneration_Authentication', request: { clientMetadata: { a: 'b' } } },
    ]);
  });

  it('ends when the token is revoked, everybody is signed out, it is over, or it is none', async () => {
    const dead = { name: 'NotAuthorizedException', message: 'Invalid Refresh Token.' };
    const [one, two] = [await signIn(), await signIn()];
    await pool.client.send(new RevokeTokenCommand({ ClientId: APP_CLIENT_ID, Token: one.RefreshToken }));
    expect(await errorOf(refresh(one.RefreshToken))).toEqual(dead);
    await refresh(two.RefreshToken);
    await pool.client.send(new AdminUserGlobalSignOutCommand({ UserPoolId: POOL_ID, Username: ADA }));
    expect(await errorOf(refresh(two.RefreshToken))).toEqual(dead);
    const three = await signIn();
    now += 30 * 24 * 3600_000 + 1000;
    expect(await errorOf(refresh(three.RefreshToken))).toEqual(dead);
    expect(await errorOf(refresh('no token'))).toEqual(dead);
  });
});

describe('a machine', () => {
  const secret = (MACHINE.ClientId + ':' + MACHINE.ClientSecret).replace(' ', '%20');
  const ask = async (form: Record<string, string>, authorization = `Basic ${btoa(secret)}`) => {
    const response = await fetch(`${pool.url}/oauth2/token`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };

  it('gets an access token for its scopes, which version 3 of the trigger shapes', async () => {
    pool.attach({
      PreTokenGeneration: ({ response }) => {
        response.claimsAndScopeOverrideDetails = {
          accessTokenGeneration: {
            claimsToAddOrOverride: { tier: 'gold' },
            scopesToSuppress: ['orders/read'],
          },
          groupOverrideDetails: { groupsToOverride: ['never'] },
        };
      },
    });
    const { body } = await ask({ aws_client_metadata: JSON.stringify({ job: 'x' }) });
    expect(body).toEqual({ access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' });
    expect(claimsIn(body['access_token'])).toMatchObject({
      sub: MACHINE_CLIENT_ID,
      client_id: MACHINE_CLIENT_ID,
      token_use: 'access',
      scope: 'orders/write',
      tier: 'gold',
    });
    for (const absent of ['username', 'origin_jti', 'cognito:groups'])
      expect(claimsIn(body['access_token'])).not.toHaveProperty(absent);
    expect(pool.events).toMatchObject([
      {
        version: '3',
        triggerSource: 'TokenGeneration_ClientCredentials',
        userName: MACHINE_CLIENT_ID,
        request: {
          scopes: MACHINE.AllowedOAuthScopes,
          groupConfiguration: null,
          clientMetadata: { job: 'x' },
        },
      },
    ]);
  });

  it('is asked of no trigger below version 3', async () => {
    await startWith({ tokenEventVersion: 'V2_0' });
    expect((await ask({ scope: 'orders/read' })).status).toBe(200);
    expect(pool.events).toEqual([]);
  });

  it.each<[string, Record<string, string>, string | undefined, string]>([
    ['a scope that is not the client’s', { scope: 'admin/all' }, undefined, 'invalid_scope'],
    ['a wrong secret', {}, `Basic ${btoa(`${MACHINE_CLIENT_ID}:x`)}`, 'invalid_client'],
    ['no secret', { client_id: MACHINE_CLIENT_ID }, '', 'invalid_client'],
    ['a client for people', { client_id: APP_CLIENT_ID }, '', 'unauthorized_client'],
    ['another grant', { grant_type: 'password' }, undefined, 'unsupported_grant_type'],
  ])('%s: 400', async (_, form, authorization, error) => {
    expect(await ask(form, authorization)).toEqual({ status: 400, body: { error } });
  });

  it('is refused where the trigger throws', async () => {
    pool.attach({
      PreTokenGeneration: () => {
        throw new Error('no');
      },
    });
    expect(await ask({})).toEqual({
      status: 400,
      body: { error: 'invalid_request', error_description: 'PreTokenGeneration failed with error no.' },
    });
  });
});
