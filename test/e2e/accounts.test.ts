/** The built triggers in a user pool: who gets an account, by which door, and what tokens they get. */

import {
  AdminCreateUserCommand,
  ConfirmForgotPasswordCommand,
  CreateGroupCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  ListUsersCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Inbox } from '../../sandbox/aws/inbox.ts';
import { APP_CLIENT_ID, type IdentityProvider, POOL_ID } from '../../sandbox/pool/settings.ts';
import { authorize, signInWithProvider } from '../support/browser.ts';
import { claimsIn, errorOf, PASSWORD, TestPool } from '../support/pool.ts';

const POLICY = `
version: 1
domains: { allow: [example.com, partner.io] }
providers:
  Okta: { domains: [example.com], link: true, subject_attribute: "custom:okta_subject" }
groups: { staff: { members: { domains: [example.com] } }, member: {} }
confirmed: { groups: [member], welcome: true }
tokens: { claims: { tenant: "\${user.custom:tenant}" } }
messages: { domain_denied: Not you }
`;

let pool: TestPool;
let inbox: Inbox;
let okta: IdentityProvider;

beforeAll(async () => {
  okta = {
    type: 'OIDC',
    mapping: { email: 'email', email_verified: 'email_verified', 'custom:okta_subject': 'sub' },
    people: {},
  };
  const settings = { providers: { Okta: okta }, customAttributes: ['tenant', 'okta_subject'] };
  const built = await TestPool.built(POLICY, { settings });
  ({ pool } = built);
  ({ inbox } = built.services);
  await pool.client.send(new CreateGroupCommand({ UserPoolId: POOL_ID, GroupName: 'member' }));
});

const usersWith = async (email: string) =>
  (await pool.client.send(new ListUsersCommand({ UserPoolId: POOL_ID, Filter: `email = "${email}"` })))
    .Users ?? [];

it('signing up: the domain decides, and both tokens carry what was verified', async () => {
  const eve = new SignUpCommand({
    ClientId: APP_CLIENT_ID,
    Username: 'eve@evil.example',
    Password: PASSWORD,
  });
  expect((await errorOf(pool.client.send(eve))).message).toBe('PreSignUp failed with error Not you.');
  await pool.newcomer('ada@example.com', { 'custom:tenant': 'acme' });
  const { AuthenticationResult: tokens } = await pool.client.send(
    new InitiateAuthCommand({
      ClientId: APP_CLIENT_ID,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'ada@example.com', PASSWORD },
    }),
  );
  for (const token of [tokens?.IdToken, tokens?.AccessToken])
    expect(claimsIn(token)).toMatchObject({
      tenant: 'acme',
      gatehouse_domain: 'example.com',
      'cognito:groups': ['member', 'staff'],
    });
});

it('who has confirmed is welcomed once, and not again for a new password', async () => {
  const user = { ClientId: APP_CLIENT_ID, Username: 'grace@example.com' };
  await pool.newcomer(user.Username, { name: 'Grace <b>' });
  const welcomes = async () =>
    (await inbox.mailFor(user.Username)).filter(({ text }) => text.includes('confirmed and ready to use'));
  expect(await welcomes()).toHaveLength(1);
  await pool.client.send(new ForgotPasswordCommand(user));
  const ConfirmationCode = await pool.lastCode(user.Username);
  await pool.client.send(new ConfirmForgotPasswordCommand({ ...user, ConfirmationCode, Password: PASSWORD }));
  expect(pool.takeSources()).toEqual(['PostConfirmation_ConfirmForgotPassword']);
  expect(await welcomes()).toHaveLength(1);
});

it('an administrator is held to the same domains', async () => {
  const create = (Username: string) =>
    pool.client.send(new AdminCreateUserCommand({ UserPoolId: POOL_ID, Username }));
  expect((await errorOf(create('mallory@evil.example'))).message).toBe(
    'PreSignUp failed with error Not you.',
  );
  expect((await create('max@example.com')).User?.UserStatus).toBe('FORCE_CHANGE_PASSWORD');
});

describe('through a provider', () => {
  const arrive = (name: string, email: string, email_verified: unknown = true) => {
    okta.people[name] = { sub: `00uMixedCase_${name}`, email, email_verified };
  };

  it('a stranger of an allowed domain gets a profile, one of another the text', async () => {
    arrive('zoe', 'zoe@example.com');
    expect(claimsIn((await signInWithProvider(pool, 'zoe'))['id_token'])).toMatchObject({
      'cognito:username': 'okta_00umixedcase_zoe',
      gatehouse_domain: 'example.com',
      'cognito:groups': [`${POOL_ID}_Okta`, 'member', 'staff'],
    });
    arrive('eve', 'eve@evil.example');
    expect(await authorize(pool, { login_hint: 'eve' })).toMatchObject({
      error: 'invalid_request',
      error_description: 'PreSignUp failed with error Not you.',
    });
  });

  it('the confirmed user of a vouched address is linked: the first try fails, the second is theirs', async () => {
    const sub = await pool.newcomer('bob@example.com');
    arrive('bob', 'bob@example.com');
    expect(await authorize(pool, { login_hint: 'bob' })).toMatchObject({
      error_description: 'Already found an entry for username okta_00umixedcase_bob',
    });
    expect(claimsIn((await signInWithProvider(pool, 'bob'))['id_token'])).toMatchObject({
      sub,
      identities: [{ userId: '00uMixedCase_bob', providerName: 'Okta' }],
    });
    expect(await usersWith('bob@example.com')).toHaveLength(1);
  });

  it('an address that the provider is not trusted for links nobody, and gets no token', async () => {
    await pool.newcomer('pat@partner.io');
    arrive('pat', 'pat@partner.io');
    expect(await signInWithProvider(pool, 'pat')).not.toHaveProperty('id_token');
    expect(await usersWith('pat@partner.io')).toHaveLength(2);
  });

  it('nobody who waits for their code is linked: they may not be who they say', async () => {
    await pool.client.send(
      new SignUpCommand({
        ClientId: APP_CLIENT_ID,
        Username: 'victim@example.com',
        Password: PASSWORD,
        UserAttributes: [{ Name: 'email', Value: 'victim@example.com' }],
      }),
    );
    arrive('victim', 'victim@example.com');
    const { id_token } = await signInWithProvider(pool, 'victim');
    expect(claimsIn(id_token)['cognito:username']).toBe('okta_00umixedcase_victim');
  });
});
