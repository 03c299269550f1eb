import {
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  ConfirmForgotPasswordCommand,
  ConfirmSignUpCommand,
  ForgotPasswordCommand,
  InitiateAuthCommand,
  ResendConfirmationCodeCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { APP_CLIENT_ID, POOL_ID, REGION } from '../../sandbox/pool/settings.ts';
import { claimsIn, errorOf, PASSWORD, type StandIn, TestPool } from '../support/pool.ts';

const ADA = { ClientId: APP_CLIENT_ID, Username: 'ada@example.com' };
const pass: StandIn = () => {};
let pool: TestPool;
beforeEach(async () => {
  pool = await TestPool.start({ PreSignUp: pass, PostConfirmation: pass, PreTokenGeneration: pass });
});

const signUp = (input: object = {}) =>
  pool.client.send(
    new SignUpCommand({
      ...ADA,
      Password: PASSWORD,
      UserAttributes: [{ Name: 'email', Value: ADA.Username }],
      ...input,
    }),
  );
const attributesOf = async (Username: string) => {
  const user = await pool.client.send(new AdminGetUserCommand({ UserPoolId: POOL_ID, Username }));
  return Object.fromEntries((user.UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]));
};

describe('SignUp', () => {
  it('asks PreSignUp first, with what the caller sent, and mails a code', async () => {
    const { UserConfirmed, UserSub } = await signUp({
      ValidationData: [{ Name: 'invite', Value: 'x' }],
      ClientMetadata: { locale: 'de' },
    });
    expect(UserConfirmed).toBe(false);
    expect(pool.events).toEqual([
      {
        version: '1',
        region: REGION,
        userPoolId: POOL_ID,
        userName: UserSub,
        callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: APP_CLIENT_ID },
        triggerSource: 'PreSignUp_SignUp',
        request: {
          userAttributes: { email: ADA.Username },
          validationData: { invite: 'x' },
          clientMetadata: { locale: 'de' },
        },
        response: { autoConfirmUser: false, autoVerifyEmail: false, autoVerifyPhone: false },
      },
    ]);
    expect(await pool.lastCode(ADA.Username)).toMatch(/^\d{6}$/);
  });

  it('is refused with the function’s text, and makes no user', async () => {
    pool.attach({
      PreSignUp: () => {
        throw new Error('Domain not allowed');
      },
    });
    expect(await errorOf(signUp())).toEqual({
      name: 'UserLambdaValidationException',
      message: 'PreSignUp failed with error Domain not allowed.',
    });
    expect((await errorOf(attributesOf(ADA.Username))).name).toBe('UserNotFoundException');
    expect(await pool.mailsFor(ADA.Username)).toBe(0);
  });

  it('confirms at once where the function says so: PostConfirmation, and no code', async () => {
    pool.attach({
      PreSignUp: ({ response }) => {
        response.autoConfirmUser = true;
      },
      PostConfirmation: pass,
    });
    expect((await signUp()).UserConfirmed).toBe(true);
    expect(pool.takeSources()).toEqual(['PreSignUp_SignUp', 'PostConfirmation_ConfirmSignUp']);
    expect(await pool.mailsFor(ADA.Username)).toBe(0);
    expect(await attributesOf(ADA.Username)).not.toHaveProperty('email_verified');
  });

  it.each<[string, StandIn]>([
    ['nothing', () => null],
    ['no response', () => ({})],
    ['a response that is a list', () => ({ response: [] })],
    ['text', () => 'yes'],
  ])('an answer that is %s is not one', async (_, answer) => {
    pool.attach({ PreSignUp: (event) => answer(event) ?? 0 });
    expect(await errorOf(signUp())).toEqual({
      name: 'InvalidLambdaResponseException',
      message: 'Unrecognizable lambda output',
    });
  });
});

it('a name is taken in any case, unless the pool tells case apart', async () => {
  await signUp();
  const again = { Username: 'Ada@Example.com' };
  expect((await errorOf(signUp(again))).name).toBe('UsernameExistsException');
  pool = await TestPool.start({}, { caseSensitive: true });
  await signUp();
  await signUp(again);
});

describe('ConfirmSignUp', () => {
  it('wants the code, verifies the address and asks PostConfirmation', async () => {
    await signUp();
    pool.takeSources();
    const wrong = pool.client.send(new ConfirmSignUpCommand({ ...ADA, ConfirmationCode: 'x' }));
    expect((await errorOf(wrong)).name).toBe('CodeMismatchException');
    const code = await pool.lastCode(ADA.Username);
    await pool.client.send(
      new ConfirmSignUpCommand({ ...ADA, ConfirmationCode: code, ClientMetadata: { from: 'web' } }),
    );
    expect(pool.events).toEqual([
      expect.objectContaining({
        triggerSource: 'PostConfirmation_ConfirmSignUp',
        request: {
          userAttributes: {
            sub: expect.any(String),
            email: ADA.Username,
            email_verified: 'true',
            'cognito:user_status': 'CONFIRMED',
          },
          clientMetadata: { from: 'web' },
        },
        response: {},
      }),
    ]);
    expect(await attributesOf(ADA.Username)).toMatchObject({ email_verified: 'true' });
  });

  it('has confirmed the account even where PostConfirmation throws', async () => {
    pool.attach({
      PostConfirmation: () => {
        throw new Error('later');
      },
    });
    await signUp();
    const ConfirmationCode = await pool.lastCode(ADA.Username);
    const confirm = () => errorOf(pool.client.send(new ConfirmSignUpCommand({ ...ADA, ConfirmationCode })));
    expect((await confirm()).message).toBe('PostConfirmation failed with error later.');
    expect((await confirm()).name).toBe('ExpiredCodeException');
    const user = await pool.client.send(
      new AdminGetUserCommand({ UserPoolId: POOL_ID, Username: ADA.Username }),
    );
    expect(user.UserStatus).toBe('CONFIRMED');
  });

  it('takes a code that was sent again, and no older one', async () => {
    await signUp();
    const first = await pool.lastCode(ADA.Username);
    await pool.client.send(new ResendConfirmationCodeCommand(ADA));
    const second = await pool.lastCode(ADA.Username);
    const confirm = (ConfirmationCode: string) =>
      pool.client.send(new ConfirmSignUpCommand({ ...ADA, ConfirmationCode }));
    if (first !== second) expect((await errorOf(confirm(first))).name).toBe('CodeMismatchException');
    await confirm(second);
  });

  it('by an administrator verifies nothing', async () => {
    await signUp();
    pool.takeSources();
    await pool.client.send(new AdminConfirmSignUpCommand({ UserPoolId: POOL_ID, Username: ADA.Username }));
    expect(pool.events[0]).toMatchObject({
      triggerSource: 'PostConfirmation_ConfirmSignUp',
      callerContext: { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
      request: { userAttributes: { 'cognito:user_status': 'CONFIRMED' } },
    });
    expect(await attributesOf(ADA.Username)).not.toHaveProperty('email_verified');
  });
});

it('a forgotten password: PostConfirmation_ConfirmForgotPassword, and the new one works', async () => {
  await pool.newcomer(ADA.Username);
  await pool.client.send(new ForgotPasswordCommand(ADA));
  await pool.client.send(
    new ConfirmForgotPasswordCommand({
      ...ADA,
      ConfirmationCode: await pool.lastCode(ADA.Username),
      Password: `${PASSWORD}2`,
    }),
  );
  expect(pool.takeSources()).toEqual(['PostConfirmation_ConfirmForgotPassword']);
  const signIn = (password: string) =>
    pool.client.send(
      new InitiateAuthCommand({
        ClientId: APP_CLIENT_ID,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: ADA.Username, PASSWORD: password },
      }),
    );
  expect((await errorOf(signIn(PASSWORD))).message).toBe('Incorrect username or password.');
  expect((await signIn(`${PASSWORD}2`)).AuthenticationResult?.AccessToken).toBeDefined();
});

describe('AdminCreateUser', () => {
  const create = (input: object = {}) =>
    pool.client.send(
      new AdminCreateUserCommand({
        UserPoolId: POOL_ID,
        Username: ADA.Username,
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
        ...input,
      }),
    );

  it('asks PreSignUp_AdminCreateUser, never PostConfirmation; the first sign-in wants a new password', async () => {
    const { User } = await create({ ValidationData: [{ Name: 'a', Value: 'b' }] });
    expect(User?.UserStatus).toBe('FORCE_CHANGE_PASSWORD');
    expect(pool.events).toMatchObject([
      {
        triggerSource: 'PreSignUp_AdminCreateUser',
        userName: User?.Username,
        callerContext: { clientId: 'CLIENT_ID_NOT_APPLICABLE' },
        request: { validationData: { a: 'b' }, userAttributes: { email: ADA.Username } },
      },
    ]);
    pool.takeSources();
    const challenge = await pool.client.send(
      new InitiateAuthCommand({
        ClientId: APP_CLIENT_ID,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: ADA.Username, PASSWORD: await pool.lastCode(ADA.Username) },
      }),
    );
    expect(challenge.ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    expect(pool.takeSources()).toEqual([]);
    const done = await pool.client.send(
      new RespondToAuthChallengeCommand({
        ClientId: APP_CLIENT_ID,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session: challenge.Session,
        ChallengeResponses: {
          USERNAME: ADA.Username,
          NEW_PASSWORD: PASSWORD,
          'userAttributes.name': 'Ada',
        },
      }),
    );
    expect(pool.takeSources()).toEqual(['TokenGeneration_NewPasswordChallenge']);
    expect(claimsIn(done.AuthenticationResult?.IdToken)).toMatchObject({ name: 'Ada' });
  });

  it('is refused by PreSignUp, and for a name that is taken', async () => {
    await create({ MessageAction: 'SUPPRESS' });
    expect(await pool.mailsFor(ADA.Username)).toBe(0);
    expect((await errorOf(create())).name).toBe('UsernameExistsException');
    pool.attach({
      PreSignUp: () => {
        throw new Error('no');
      },
    });
    expect((await errorOf(create({ Username: 'bob@example.com' }))).message).toBe(
      'PreSignUp failed with error no.',
    );
  });
});
