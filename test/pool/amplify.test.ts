/** Amplify, with its own code: SRP, custom sign-in with and without it, refreshing, signing out. */

import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AdminCreateUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { type AmplifyClient, startAmplify } from '../support/amplify.ts';
import { APP_CLIENT_ID, POOL_ID } from '../../sandbox/pool/settings.ts';
import { challengeTriggers, errorOf, PASSWORD, type StandIn, TestPool } from '../support/pool.ts';

const pass: StandIn = () => {};
let pool: TestPool;
let amplify: AmplifyClient;
let ada: string;
let people = 0;

beforeAll(async () => {
  pool = await TestPool.start({ PreSignUp: pass, PreTokenGeneration: pass, ...challengeTriggers() });
  amplify = startAmplify({
    userPoolId: POOL_ID,
    userPoolClientId: APP_CLIENT_ID,
    userPoolEndpoint: pool.url,
  });
});

beforeEach(async () => {
  await amplify.call('signOut');
  ada = `ada${people++}@example.com`;
  pool.events.length = 0;
});

it('signs up, confirms, and signs in by SRP', async () => {
  const { nextStep } = await amplify.call('signUp', {
    username: ada,
    password: PASSWORD,
    options: { userAttributes: { email: ada }, clientMetadata: { from: 'amplify' } },
  });
  expect(nextStep.signUpStep).toBe('CONFIRM_SIGN_UP');
  await amplify.call('confirmSignUp', { username: ada, confirmationCode: await pool.lastCode(ada) });
  expect((await amplify.call('signIn', { username: ada, password: PASSWORD })).isSignedIn).toBe(true);
  const { tokens } = await amplify.call('fetchAuthSession');
  expect(tokens?.idToken?.payload).toMatchObject({ email: ada, email_verified: true });
  expect(pool.takeSources()).toEqual(['PreSignUp_SignUp', 'TokenGeneration_Authentication']);
});

describe('SRP', () => {
  it('tells a wrong password from the right one, and nobody from anybody', async () => {
    await pool.newcomer(ada);
    const wrong = await errorOf(amplify.call('signIn', { username: ada, password: `${PASSWORD}x` }));
    expect(wrong).toEqual({ name: 'NotAuthorizedException', message: 'Incorrect username or password.' });
    expect(
      await errorOf(amplify.call('signIn', { username: 'nobody@example.com', password: PASSWORD })),
    ).toEqual(wrong);
    expect((await amplify.call('signIn', { username: ada, password: PASSWORD })).isSignedIn).toBe(true);
  });

  it('leads to the new password that an account of an administrator needs', async () => {
    await pool.client.send(new AdminCreateUserCommand({ UserPoolId: POOL_ID, Username: ada }));
    const { nextStep } = await amplify.call('signIn', { username: ada, password: await pool.lastCode(ada) });
    expect(nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
    expect((await amplify.call('confirmSignIn', { challengeResponse: PASSWORD })).isSignedIn).toBe(true);
    expect(pool.takeSources()).toEqual(['PreSignUp_AdminCreateUser', 'TokenGeneration_NewPasswordChallenge']);
  });
});

describe('a custom sign-in', () => {
  it('without a password: answers until one is right', async () => {
    await pool.newcomer(ada);
    const { nextStep } = await amplify.call('signIn', {
      username: ada,
      options: { authFlowType: 'CUSTOM_WITHOUT_SRP' },
    });
    expect(nextStep).toMatchObject({
      signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
      additionalInfo: { hint: 'everything' },
    });
    expect((await amplify.call('confirmSignIn', { challengeResponse: '41' })).isSignedIn).toBe(false);
    const options = { clientMetadata: { from: 'amplify' } };
    expect(
      (await amplify.call('confirmSignIn', { challengeResponse: 'forty-two', options })).isSignedIn,
    ).toBe(true);
    expect(pool.events.at(-1)).toMatchObject({ request: { clientMetadata: { from: 'amplify' } } });
  });

  it('after SRP: Define sees both, and a wrong password gets no further', async () => {
    await pool.newcomer(ada);
    const flow = { authFlowType: 'CUSTOM_WITH_SRP' as const };
    const wrong = await errorOf(
      amplify.call('signIn', { username: ada, password: `${PASSWORD}x`, options: flow }),
    );
    expect(wrong.name).toBe('NotAuthorizedException');
    pool.events.length = 0;
    const { nextStep } = await amplify.call('signIn', { username: ada, password: PASSWORD, options: flow });
    expect(nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE');
    expect((await amplify.call('confirmSignIn', { challengeResponse: 'forty-two' })).isSignedIn).toBe(true);
    const sessions = pool.events
      .filter(({ triggerSource }) => triggerSource === 'DefineAuthChallenge_Authentication')
      .map(({ request }) =>
        request.session.map(({ challengeName }: { challengeName: string }) => challengeName),
      );
    expect(sessions).toEqual([
      ['SRP_A'],
      ['SRP_A', 'PASSWORD_VERIFIER'],
      ['SRP_A', 'PASSWORD_VERIFIER', 'CUSTOM_CHALLENGE'],
    ]);
  });
});

it('refreshes by GetTokensFromRefreshToken, and after signing out has nothing to refresh', async () => {
  await pool.newcomer(ada);
  await amplify.call('signIn', { username: ada, password: PASSWORD });
  const first = await amplify.call('fetchAuthSession');
  pool.events.length = 0;
  const second = await amplify.call('fetchAuthSession', { forceRefresh: true });
  expect(pool.takeSources()).toEqual(['TokenGeneration_Authentication']);
  for (const claim of ['auth_time', 'origin_jti'])
    expect(second.tokens?.accessToken.payload[claim]).toBe(first.tokens?.accessToken.payload[claim]);
  expect(second.tokens?.accessToken.payload['jti']).not.toBe(first.tokens?.accessToken.payload['jti']);
  await amplify.call('signOut');
  expect((await amplify.call('fetchAuthSession')).tokens).toBeUndefined();
});
