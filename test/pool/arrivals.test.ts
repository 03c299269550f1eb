import {
  AdminResetUserPasswordCommand,
  AdminSetUserPasswordCommand,
  ConfirmForgotPasswordCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  APP_CLIENT_ID,
  DEFAULT_CLIENTS,
  type IdentityProvider,
  POOL_ID,
} from '../../sandbox/pool/settings.ts';
import { signInWithProvider } from '../support/browser.ts';
import { challengeTriggers, errorOf, PASSWORD, type StandIn, TestPool } from '../support/pool.ts';

const FRANK = 'frankclient';
const WRONG = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };
const pass: StandIn = () => {};
const TRIGGERS = { PreAuthentication: pass, PostAuthentication: pass, ...challengeTriggers() };
let pool: TestPool;
let people = 0;

beforeAll(async () => {
  const frank = { ...DEFAULT_CLIENTS[0], ClientId: FRANK, PreventUserExistenceErrors: 'LEGACY' as const };
  const okta: IdentityProvider = {
    type: 'OIDC',
    mapping: { email: 'email' },
    people: { zoe: { sub: '1', email: 'zoe@example.com' } },
  };
  pool = await TestPool.start(TRIGGERS, { clients: [...DEFAULT_CLIENTS, frank], providers: { Okta: okta } });
});

const newcomer = async () => {
  const email = `ada${people++}@example.com`;
  return { email, sub: await pool.newcomer(email) };
};
const initiate = (
  AuthFlow: 'USER_PASSWORD_AUTH' | 'USER_SRP_AUTH' | 'CUSTOM_AUTH',
  parameters: object,
  input = {},
) =>
  pool.client.send(
    new InitiateAuthCommand({
      ClientId: APP_CLIENT_ID,
      AuthFlow,
      AuthParameters: { ...parameters },
      ...input,
    }),
  );
const byPassword = (USERNAME: string, password = PASSWORD, input = {}) =>
  initiate('USER_PASSWORD_AUTH', { USERNAME, PASSWORD: password }, input);
/** Any public value will do to begin. */
const bySrp = (USERNAME: string, input = {}) =>
  initiate('USER_SRP_AUTH', { USERNAME, SRP_A: 'abcdef' }, input);
const custom = (USERNAME: string, parameters = {}) => initiate('CUSTOM_AUTH', { USERNAME, ...parameters });

describe('by password', () => {
  it('PreAuthentication hears first, with what the client sends; PostAuthentication of a success alone', async () => {
    const { email, sub } = await newcomer();
    expect(await errorOf(byPassword(email, 'wrong', { ClientMetadata: { a: 'b' } }))).toEqual(WRONG);
    expect(pool.events).toMatchObject([
      {
        triggerSource: 'PreAuthentication_Authentication',
        userName: sub,
        request: { validationData: { a: 'b' }, userNotFound: false, userAttributes: { sub, email } },
      },
    ]);
    pool.events.length = 0;
    await byPassword(email, PASSWORD, { ClientMetadata: { a: 'b' } });
    expect(pool.events.at(-1)).toMatchObject({
      triggerSource: 'PostAuthentication_Authentication',
      request: { newDeviceUsed: false, userAttributes: { sub } },
    });
    expect(pool.events.at(-1)?.['request']).not.toHaveProperty('clientMetadata');
  });

  it('nobody is told from anybody, but by a client that wants it', async () => {
    pool.events.length = 0;
    expect(await errorOf(byPassword('nobody@example.com'))).toEqual(WRONG);
    expect(pool.events).toMatchObject([{ request: { userNotFound: true, userAttributes: {} } }]);
    expect((await errorOf(byPassword('nobody@example.com', PASSWORD, { ClientId: FRANK }))).name).toBe(
      'UserNotFoundException',
    );
    expect(pool.events).toHaveLength(1);
  });
});

describe('who may not sign in', () => {
  it('unconfirmed: whatever the password, and by custom challenge too', async () => {
    const Username = `new${people++}@example.com`;
    await pool.client.send(new SignUpCommand({ ClientId: APP_CLIENT_ID, Username, Password: PASSWORD }));
    for (const attempt of [
      byPassword(Username),
      byPassword(Username, 'x'),
      bySrp(Username),
      custom(Username),
    ])
      expect(await errorOf(attempt)).toEqual({
        name: 'UserNotConfirmedException',
        message: 'User is not confirmed.',
      });
  });

  it('after a reset: nobody by password until a new one is set with the code', async () => {
    const { email } = await newcomer();
    const user = { Username: email, ClientId: APP_CLIENT_ID };
    await pool.client.send(new AdminResetUserPasswordCommand({ UserPoolId: POOL_ID, Username: email }));
    expect((await errorOf(byPassword(email))).name).toBe('PasswordResetRequiredException');
    // In custom auth Define decides.
    expect((await custom(email)).ChallengeName).toBe('CUSTOM_CHALLENGE');
    const ConfirmationCode = await pool.lastCode(email);
    const Password = `${PASSWORD}n`;
    await pool.client.send(new ConfirmForgotPasswordCommand({ ...user, ConfirmationCode, Password }));
    expect((await byPassword(email, Password)).AuthenticationResult).toBeDefined();
  });

  it('somebody who signs in at a provider: as if there were nobody', async () => {
    await signInWithProvider(pool, 'zoe');
    for (const attempt of [byPassword('okta_1'), custom('okta_1')])
      expect(await errorOf(attempt)).toEqual(WRONG);
    // An address is no name of theirs.
    expect(await errorOf(byPassword('zoe@example.com'))).toEqual(WRONG);
  });

  it('with a temporary password, anybody who does not set another', async () => {
    const { email } = await newcomer();
    await pool.client.send(
      new AdminSetUserPasswordCommand({
        UserPoolId: POOL_ID,
        Username: email,
        Password: `${PASSWORD}t`,
        Permanent: false,
      }),
    );
    const challenge = await byPassword(email, `${PASSWORD}t`);
    const respond = (responses: Record<string, string>) =>
      pool.client.send(
        new RespondToAuthChallengeCommand({
          ClientId: APP_CLIENT_ID,
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          Session: challenge.Session,
          ChallengeResponses: { USERNAME: email, ...responses },
        }),
      );
    expect((await errorOf(respond({}))).name).toBe('InvalidParameterException');
    // That answer has spent the session.
    expect((await errorOf(respond({ NEW_PASSWORD: PASSWORD }))).message).toMatch(/^Invalid session/);
  });
});

describe('by SRP', () => {
  it('asks without a session, in a way that stays the same for each name', async () => {
    const { email, sub } = await newcomer();
    for (const [name, id] of [
      [email, sub],
      ['nobody@example.com', expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ] as const) {
      const [one, two] = [await bySrp(name), await bySrp(name)];
      expect(one).not.toHaveProperty('Session');
      expect(one.ChallengeParameters).toEqual({
        USER_ID_FOR_SRP: id,
        USERNAME: id,
        SALT: two.ChallengeParameters?.['SALT'],
        SRP_B: expect.stringMatching(/^[0-9a-f]{700,768}$/),
        SECRET_BLOCK: expect.any(String),
      });
      expect(one.ChallengeParameters?.['SRP_B']).not.toBe(two.ChallengeParameters?.['SRP_B']);
    }
  });

  it('a wrong proof ends a custom sign-in without Define being asked again', async () => {
    const { email } = await newcomer();
    const challenge = await custom(email, { CHALLENGE_NAME: 'SRP_A', SRP_A: 'abcdef' });
    expect(challenge).toMatchObject({ ChallengeName: 'PASSWORD_VERIFIER', Session: expect.any(String) });
    pool.events.length = 0;
    const proof = {
      USERNAME: email,
      PASSWORD_CLAIM_SECRET_BLOCK: challenge.ChallengeParameters?.['SECRET_BLOCK'] ?? '',
      TIMESTAMP: 'Sat Nov 21 12:00:00 UTC 2026',
      PASSWORD_CLAIM_SIGNATURE: Buffer.alloc(32).toString('base64'),
    };
    const respond = pool.client.send(
      new RespondToAuthChallengeCommand({
        ClientId: APP_CLIENT_ID,
        ChallengeName: 'PASSWORD_VERIFIER',
        Session: challenge.Session,
        ChallengeResponses: proof,
      }),
    );
    expect(await errorOf(respond)).toEqual(WRONG);
    expect(pool.events).toEqual([]);
  });

  it.each(['0', 'no number'])('refuses %s as a public value', async (SRP_A) => {
    const { email } = await newcomer();
    expect((await errorOf(initiate('USER_SRP_AUTH', { USERNAME: email, SRP_A }))).name).toBe(
      'InvalidParameterException',
    );
  });
});

it('Define that both fails and issues tokens fails', async () => {
  const { email } = await newcomer();
  pool.attach({
    ...TRIGGERS,
    DefineAuthChallenge: ({ response }) =>
      void Object.assign(response, { issueTokens: true, failAuthentication: true }),
  });
  expect(await errorOf(custom(email))).toEqual(WRONG);
});
