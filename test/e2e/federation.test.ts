/** Federation from the provider to the tokens, through a local pool that calls the built triggers as Cognito does. */

import {
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  ListUsersCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_CREDENTIALS } from '../../sandbox/aws/account.ts';
import { type LocalPool, startPool } from '../../sandbox/pool/pool.ts';
import { APP_CLIENT_ID, POOL_ID, REGION } from '../../sandbox/pool/settings.ts';
import { claimsOf } from '../../sandbox/tokens.ts';
import { functionsWith } from '../support/bundles.ts';
import { AWS_ENV } from '../support/dynamodb.ts';

const POLICY = `
version: 1
domains: { allow: [example.com] }
providers:
  Okta: { domains: [example.com], link: true, subject_attribute: "custom:subject", groups_attribute: "custom:groups" }
groups: { ops: { members: { idp: { Okta: ["Eng, Ops"] } } }, admin: {} }
`;
const mapping = {
  email: 'email',
  email_verified: 'email_verified',
  'custom:subject': 'sub',
  'custom:groups': 'groups',
};
const REDIRECT = 'http://localhost:3000/';
const codes: Record<string, string> = {};
const people = {
  ada: { sub: '00uAdA', email: 'Ada@Example.com', groups: ['Eng, Ops', 'admin'] },
  bob: { sub: '00uBoB', email: 'bob@example.com' },
  eve: { sub: '00uEvE', email: 'eve@evil.io', email_verified: true },
};
let pool: LocalPool;
let client: CognitoIdentityProviderClient;

beforeAll(async () => {
  const functions = await functionsWith(POLICY);
  pool = await startPool(async ({ to, text }) => void (codes[to] = /\d{6}/.exec(text)?.[0] ?? ''), {
    providers: {
      Okta: { type: 'OIDC', mapping, people },
      Evil: {
        type: 'OIDC',
        mapping,
        people: { eve: { sub: '1', email: 'ada@example.com', email_verified: true } },
      },
    },
    customAttributes: ['subject', 'groups'],
  });
  const env = { ...AWS_ENV, APP_CLIENT_IDS: '*', AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url };
  pool.attach({
    PreSignUp: functions.start('pre-sign-up', env),
    InboundFederation: functions.start('inbound-federation', env),
    PreTokenGeneration: functions.start('pre-token-generation', env),
  });
  client = new CognitoIdentityProviderClient({
    endpoint: pool.url,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
  });
});

afterAll(async () => {
  client?.destroy();
  await pool?.close();
});

/** As a browser does it: what the redirect says, and the tokens for its code. */
async function signIn(person: string, provider = 'Okta') {
  const query = new URLSearchParams({
    client_id: APP_CLIENT_ID,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid email',
    identity_provider: provider,
    login_hint: person,
  });
  const { headers } = await fetch(`${pool.url}/oauth2/authorize?${query}`, { redirect: 'manual' });
  const answer = new URL(headers.get('location') ?? '').searchParams;
  const code = answer.get('code');
  if (code === null) return { error: answer.get('error_description') };
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: APP_CLIENT_ID,
    redirect_uri: REDIRECT,
    code,
  });
  const response = await fetch(`${pool.url}/oauth2/token`, { method: 'POST', body });
  const { id_token: idToken, error } = (await response.json()) as { id_token?: string; error?: string };
  return idToken === undefined ? { error } : { claims: claimsOf(idToken) };
}

async function signUp(email: string, confirm: boolean): Promise<string> {
  const { UserSub = '' } = await client.send(
    new SignUpCommand({
      ClientId: APP_CLIENT_ID,
      Username: email,
      Password: 'Correct-horse-1',
      UserAttributes: [{ Name: 'email', Value: email }],
    }),
  );
  if (confirm)
    await client.send(
      new ConfirmSignUpCommand({ ClientId: APP_CLIENT_ID, Username: email, ConfirmationCode: codes[email] }),
    );
  return UserSub;
}

describe('a first sign-in through a provider', () => {
  it('lands, the second time, in the account that the person has, with the groups that count', async () => {
    const sub = await signUp('ada@example.com', true);
    expect(await signIn('ada')).toEqual({
      error: expect.stringMatching(/^Already found an entry for username okta_/),
    });
    const { claims } = await signIn('ada');
    expect(claims).toMatchObject({ sub, email_verified: true, gatehouse_domain: 'example.com' });
    expect(claims?.['cognito:groups']).toEqual(['ops']);
    expect(claims?.['identities']).toMatchObject([{ providerName: 'Okta', userId: '00uAdA' }]);
    expect((await signIn('ada')).claims).toMatchObject({ sub });
  });

  it('gets an account of its own where somebody has only registered the address', async () => {
    const squatter = await signUp('bob@example.com', false);
    const { claims } = await signIn('bob');
    expect(claims).toMatchObject({ email: 'bob@example.com', email_verified: true });
    expect(claims?.['sub']).not.toBe(squatter);
  });

  it('gives nobody somebody else’s account, whatever their provider says', async () => {
    // The address is of a domain that may sign up; the provider’s word for it counts for nothing.
    expect(await signIn('eve', 'Evil')).toEqual({ error: expect.any(String) });
    const { Users = [] } = await client.send(
      new ListUsersCommand({ UserPoolId: POOL_ID, Filter: 'email = "ada@example.com"' }),
    );
    const eve = Users.find(({ Username }) => Username === 'evil_1');
    expect(eve?.Attributes).toContainEqual({ Name: 'email_verified', Value: 'false' });
    for (const { Username, Attributes = [] } of Users)
      if (Username !== 'evil_1') expect(JSON.stringify(Attributes)).not.toContain('Evil');
  });

  it('is refused where the domain may hold no account', async () => {
    expect((await signIn('eve')).error).toMatch(/This e-mail address cannot be used here/);
  });

  it('loses the groups that the provider no longer says', async () => {
    const { groups: _, ...without } = people.ada;
    (people as Record<string, object>)['ada'] = without;
    expect((await signIn('ada')).claims?.['cognito:groups']).toBeUndefined();
  });

  it('is refused once the provider gives the linked account an address that it is not trusted with', async () => {
    (people as Record<string, object>)['ada'] = { ...people.ada, email: 'ada@evil.io', email_verified: true };
    expect(await signIn('ada')).toEqual({ error: expect.any(String) });
  });
});
