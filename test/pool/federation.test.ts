import { createHash } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminLinkProviderForUserCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type IdentityProvider, POOL_ID } from '../../sandbox/pool/settings.ts';
import type { TriggerName } from '../../sandbox/pool/triggers.ts';
import { authorize as authorizeAt, redeem as redeemAt, signInWithProvider } from '../support/browser.ts';
import { claimsIn, errorOf, type StandIn, TestPool } from '../support/pool.ts';

const pass: StandIn = () => {};
const ALL: Partial<Record<TriggerName, StandIn>> = {
  InboundFederation: pass,
  PreSignUp: pass,
  PostConfirmation: pass,
  PreAuthentication: pass,
  PostAuthentication: pass,
  PreTokenGeneration: pass,
};
let pool: TestPool;
let okta: IdentityProvider;

beforeEach(async () => {
  okta = {
    type: 'OIDC',
    mapping: { email: 'email', name: 'name', 'custom:idp_groups': 'groups' },
    people: { zoe: { sub: '00uA_1', email: 'zoe@example.com', name: 'Zoe', groups: ['eng ops', 'a,b'] } },
  };
  const providers = { Okta: okta, Adfs: { ...okta, type: 'SAML' as const } };
  pool = await TestPool.start(ALL, { providers, customAttributes: ['idp_groups'] });
});

const STATE = { login_hint: 'zoe', state: 'st' };
const authorize = (change: Record<string, string> = {}) => authorizeAt(pool, { ...STATE, ...change });
const redeem = (code?: string, change?: Record<string, string>) => redeemAt(pool, code, change);
const signIn = async (change: Record<string, string> = {}) =>
  claimsIn((await signInWithProvider(pool, 'zoe', change))['id_token']);
const userOf = async (Username: string) => {
  const user = await pool.client.send(new AdminGetUserCommand({ UserPoolId: POOL_ID, Username }));
  const attributes = (user.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]);
  return { status: user.UserStatus, attributes: Object.fromEntries(attributes) as Record<string, string> };
};
const link = (Username: string, subject = '00uA_1', ProviderName = 'Okta') =>
  pool.client.send(
    new AdminLinkProviderForUserCommand({
      UserPoolId: POOL_ID,
      DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: Username },
      SourceUser: {
        ProviderName,
        ProviderAttributeName: 'Cognito_Subject',
        ProviderAttributeValue: subject,
      },
    }),
  );

describe('the first time', () => {
  it('makes a profile: inbound, PreSignUp, PostConfirmation, tokens, and no authentication triggers', async () => {
    const id = await signIn();
    const userName = 'okta_00ua_1';
    expect(pool.events).toMatchObject([
      {
        triggerSource: 'InboundFederation_ExternalProvider',
        userName,
        request: {
          providerName: 'Okta',
          providerType: 'OIDC',
          attributes: {
            idToken: { sub: '00uA_1', email: 'zoe@example.com', groups: '[eng%20ops, a%2Cb]' },
            userInfo: { sub: '00uA_1' },
            tokenResponse: { token_type: 'Bearer' },
          },
        },
        response: { userAttributesToMap: {} },
      },
      {
        triggerSource: 'PreSignUp_ExternalProvider',
        userName,
        request: {
          userAttributes: { email: 'zoe@example.com', email_verified: 'false', 'cognito:email_alias': '' },
        },
      },
      {
        triggerSource: 'PostConfirmation_ConfirmSignUp',
        request: { userAttributes: { 'cognito:user_status': 'EXTERNAL_PROVIDER', sub: expect.any(String) } },
      },
      {
        triggerSource: 'TokenGeneration_HostedAuth',
        request: {
          scopes: ['openid', 'email'],
          groupConfiguration: { groupsToOverride: [`${POOL_ID}_Okta`] },
        },
      },
    ]);
    expect(pool.events).toHaveLength(4);
    expect(id).toMatchObject({
      'cognito:username': userName,
      'cognito:groups': [`${POOL_ID}_Okta`],
      email_verified: false,
      'custom:idp_groups': '[eng%20ops, a%2Cb]',
      identities: [
        {
          userId: '00uA_1',
          providerName: 'Okta',
          providerType: 'OIDC',
          primary: 'true',
          dateCreated: expect.any(String),
        },
      ],
    });
  });

  it('is refused by PreSignUp at the redirect, and leaves no profile', async () => {
    pool.attach({
      ...ALL,
      PreSignUp: () => {
        throw new Error('Not you');
      },
    });
    expect(await authorize()).toEqual({
      error: 'invalid_request',
      error_description: 'PreSignUp failed with error Not you.',
      state: 'st',
    });
    expect((await errorOf(userOf('okta_00ua_1'))).name).toBe('UserNotFoundException');
  });

  it('is refused by PostConfirmation, and leaves the profile', async () => {
    pool.attach({
      ...ALL,
      PostConfirmation: () => {
        throw new Error('later');
      },
    });
    expect((await authorize())['error']).toBe('invalid_request');
    expect((await userOf('okta_00ua_1')).status).toBe('EXTERNAL_PROVIDER');
  });

  it('a SAML provider has its own place in the event', async () => {
    await signIn({ identity_provider: 'Adfs' });
    expect(pool.events[0]?.['request']).toMatchObject({
      providerType: 'SAML',
      attributes: { samlResponse: { email: 'zoe@example.com' } },
    });
  });

  it('keeps the case of names where the pool does', async () => {
    pool = await TestPool.start(ALL, { providers: { Okta: okta }, caseSensitive: true });
    expect((await signIn())['cognito:username']).toBe('Okta_00uA_1');
  });
});

describe('later', () => {
  it('asks PreAuthentication and PostAuthentication, not PreSignUp, and writes the attributes anew', async () => {
    await signIn();
    pool.events.length = 0;
    okta.people = { zoe: { sub: '00uA_1', email: 'zoe@partner.io' } };
    await signIn();
    expect(pool.takeSources()).toEqual([
      'InboundFederation_ExternalProvider',
      'PreAuthentication_Authentication',
      'PostAuthentication_Authentication',
      'TokenGeneration_HostedAuth',
    ]);
    // What the provider no longer says stays.
    expect((await userOf('okta_00ua_1')).attributes).toMatchObject({ email: 'zoe@partner.io', name: 'Zoe' });
  });

  it('is refused for somebody disabled', async () => {
    await signIn();
    await pool.client.send(new AdminDisableUserCommand({ UserPoolId: POOL_ID, Username: 'okta_00ua_1' }));
    expect((await authorize())['error_description']).toBe('User is disabled.');
  });
});

describe('the inbound trigger', () => {
  it('puts its attributes in place of the provider’s: what it leaves out is gone', async () => {
    okta.mapping = { ...okta.mapping, email_verified: 'email_verified' };
    pool.attach({
      ...ALL,
      InboundFederation: ({ request, response }) => {
        const { email } = request['attributes'].idToken;
        response.userAttributesToMap = { email, email_verified: 'true', unmapped: 'x' };
      },
    });
    const { attributes } = await signIn().then(() => userOf('okta_00ua_1'));
    expect(attributes).toMatchObject({ email: 'zoe@example.com', email_verified: 'true' });
    for (const gone of ['name', 'custom:idp_groups', 'unmapped']) expect(attributes).not.toHaveProperty(gone);
  });

  it('stops the sign-in by throwing, and must answer with a map', async () => {
    pool.attach({
      ...ALL,
      InboundFederation: () => {
        throw new Error('no');
      },
    });
    expect((await authorize())['error_description']).toBe('InboundFederation failed with error no.');
    pool.attach({ ...ALL, InboundFederation: ({ response }) => void (response.userAttributesToMap = 'x') });
    expect((await authorize())['error_description']).toBe('Unrecognizable lambda output');
  });
});

describe('linking', () => {
  it('during PreSignUp fails this sign-in, and the next one is the linked user’s', async () => {
    const sub = await pool.newcomer('zoe@example.com');
    pool.attach({
      ...ALL,
      PreSignUp: async () => {
        const { Users } = await pool.client.send(
          new ListUsersCommand({ UserPoolId: POOL_ID, Filter: 'email = "zoe@example.com"' }),
        );
        await link(Users?.[0]?.Username ?? '');
      },
    });
    expect(await authorize()).toEqual({
      error: 'invalid_request',
      error_description: 'Already found an entry for username okta_00ua_1',
      state: 'st',
    });
    pool.events.length = 0;
    const id = await signIn();
    expect(id).toMatchObject({
      sub,
      'cognito:username': sub,
      identities: [{ userId: '00uA_1', primary: 'false' }],
    });
    expect(id).not.toHaveProperty('cognito:groups');
    expect(pool.takeSources()).toEqual([
      'InboundFederation_ExternalProvider',
      'PreAuthentication_Authentication',
      'PostAuthentication_Authentication',
      'TokenGeneration_HostedAuth',
    ]);
  });

  it('is refused twice, for a profile that is there, and for what is not there', async () => {
    await pool.client.send(new AdminCreateUserCommand({ UserPoolId: POOL_ID, Username: 'ada@example.com' }));
    await link('ada@example.com', 'other');
    expect(await errorOf(link('ada@example.com', 'other'))).toEqual({
      name: 'InvalidParameterException',
      message: 'SourceUser is already linked to DestinationUser',
    });
    await signIn();
    expect((await errorOf(link('ada@example.com'))).message).toMatch(/^Merging is not currently supported/);
    expect((await errorOf(link('nobody@example.com'))).name).toBe('UserNotFoundException');
    expect((await errorOf(link('ada@example.com', 'x', 'Google'))).name).toBe('ResourceNotFoundException');
  });

  it('takes five identities of one user', async () => {
    await pool.newcomer('ada@example.com');
    for (let n = 0; n < 5; n++) await link('ada@example.com', `subject-${n}`);
    expect((await errorOf(link('ada@example.com', 'subject-5'))).name).toBe('LimitExceededException');
  });
});

describe('a code', () => {
  it('is redeemed once, by its client and for its redirect', async () => {
    const { code } = await authorize({ nonce: 'n' });
    const tokens = await redeem(code);
    expect(claimsIn(tokens['id_token'])['nonce']).toBe('n');
    expect(claimsIn(tokens['access_token'])).toMatchObject({ scope: 'openid email' });
    expect(await redeem(code)).toEqual({ error: 'invalid_grant' });
    expect(await redeem((await authorize())['code'], { redirect_uri: 'http://localhost:3000/x' })).toEqual({
      error: 'invalid_grant',
    });
    const refreshed = await redeem('', {
      grant_type: 'refresh_token',
      refresh_token: tokens['refresh_token'],
    });
    expect(claimsIn(refreshed['access_token'])['auth_time']).toBe(
      claimsIn(tokens['access_token'])['auth_time'],
    );
  });

  it('with a challenge wants its verifier', async () => {
    const code_challenge = createHash('sha256').update('verifier').digest('base64url');
    const code = async () => (await authorize({ code_challenge, code_challenge_method: 'S256' }))['code'];
    expect(await redeem(await code())).toEqual({ error: 'invalid_grant' });
    expect(await redeem(await code(), { code_verifier: 'verifier' })).toHaveProperty('access_token');
  });

  it.each<[string, Record<string, string>, string]>([
    ['a provider that is not there', { identity_provider: 'Google' }, 'access_denied'],
    ['somebody the provider does not know', { login_hint: 'eve' }, 'access_denied'],
    ['a scope that the client may not have', { scope: 'orders/write' }, 'invalid_scope'],
    ['the implicit grant', { response_type: 'token' }, 'unauthorized_client'],
  ])('is not given for %s', async (_, change, error) => {
    expect(await authorize(change)).toEqual({ error, state: 'st' });
  });

  it.each([
    ['another redirect', { redirect_uri: 'https://evil.example/' }],
    ['another client', { client_id: 'nobody' }],
  ])('and nobody is redirected for %s', async (_, change) => {
    expect((await errorOf(authorize(change))).message).toMatch(/redirect_mismatch|invalid_client/);
  });
});
