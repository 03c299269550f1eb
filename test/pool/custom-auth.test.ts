import {
  AdminDisableUserCommand,
  AdminInitiateAuthCommand,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { APP_CLIENT_ID, DEFAULT_CLIENTS, POOL_ID } from '../../sandbox/pool/settings.ts';
import type { TriggerName } from '../../sandbox/pool/triggers.ts';
import { challengeTriggers, errorOf, type Json, PASSWORD, type StandIn, TestPool } from '../support/pool.ts';

const ADA = 'ada@example.com';
const SHY = 'shyclient';
const FRANK = 'frankclient';
const client = (ClientId: string, change: object = {}) => ({ ...DEFAULT_CLIENTS[0], ClientId, ...change });
const pass: StandIn = () => {};
const WRONG = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };
const DEAD = {
  name: 'NotAuthorizedException',
  message: 'Invalid session for the user, session is expired.',
};
let pool: TestPool;
let now: number;
let sub: string;

const all = (change: Partial<Record<TriggerName, StandIn>> = {}) => ({
  PreAuthentication: pass,
  PostAuthentication: pass,
  PreTokenGeneration: pass,
  ...challengeTriggers(),
  ...change,
});

beforeEach(async () => {
  now = Date.now();
  const clients = [
    client(APP_CLIENT_ID),
    client(SHY, { AuthSessionValidity: 15 }),
    client(FRANK, { PreventUserExistenceErrors: 'LEGACY', ExplicitAuthFlows: ['ALLOW_CUSTOM_AUTH'] }),
  ];
  pool = await TestPool.start(all(), { clients, now: () => now });
  sub = await pool.newcomer(ADA);
});

const start = (USERNAME = ADA, input: object = {}) =>
  pool.client.send(
    new InitiateAuthCommand({
      ClientId: APP_CLIENT_ID,
      AuthFlow: 'CUSTOM_AUTH',
      AuthParameters: { USERNAME },
      ...input,
    }),
  );
const answer = (challenge: InitiateAuthCommandOutput, ANSWER: string, input: object = {}) =>
  pool.client.send(
    new RespondToAuthChallengeCommand({
      ClientId: APP_CLIENT_ID,
      ChallengeName: 'CUSTOM_CHALLENGE',
      Session: challenge.Session,
      ChallengeResponses: { USERNAME: challenge.ChallengeParameters?.['USERNAME'] ?? '', ANSWER },
      ...input,
    }),
  );
const requests = (source: string): Json[] =>
  pool.events
    .filter(({ triggerSource }) => triggerSource === `${source}_Authentication`)
    .map(({ request }) => request);

describe('rounds', () => {
  it('Define, Create, Verify, Define, until Define issues tokens', async () => {
    const first = await start();
    expect(first).toMatchObject({
      ChallengeName: 'CUSTOM_CHALLENGE',
      ChallengeParameters: { hint: 'everything', USERNAME: sub },
    });
    const second = await answer(first, '41');
    expect(second.ChallengeName).toBe('CUSTOM_CHALLENGE');
    expect(second.Session).not.toBe(first.Session);
    const done = await answer(second, 'forty-two');
    expect(done.AuthenticationResult).toMatchObject({ TokenType: 'Bearer', ExpiresIn: 3600 });
    const rounds = [false, true].map((challengeResult) => ({
      challengeName: 'CUSTOM_CHALLENGE',
      challengeResult,
      challengeMetadata: 'QUESTION',
    }));
    expect(requests('DefineAuthChallenge').map(({ session }) => session)).toEqual([
      [],
      rounds.slice(0, 1),
      rounds,
    ]);
    expect(requests('CreateAuthChallenge').map(({ session }) => session)).toEqual([[], rounds.slice(0, 1)]);
    expect(pool.takeSources()).toEqual(
      [
        'PreAuthentication DefineAuthChallenge CreateAuthChallenge',
        'VerifyAuthChallengeResponse DefineAuthChallenge CreateAuthChallenge',
        'VerifyAuthChallengeResponse DefineAuthChallenge PostAuthentication TokenGeneration',
      ]
        .flatMap((request) => request.split(' '))
        .map((name) => `${name}_Authentication`),
    );
  });

  it('Define may fail the sign-in, and the failure reads like a wrong password', async () => {
    const second = await answer(await start(), '1');
    expect(await errorOf(answer(await answer(second, '2'), '3'))).toEqual(WRONG);
  });

  it('what is private stays with the pool, and reaches Verify alone', async () => {
    const first = await start();
    expect(JSON.stringify(first)).not.toContain('forty-two');
    await answer(first, 'x');
    for (const source of ['DefineAuthChallenge', 'CreateAuthChallenge'])
      expect(JSON.stringify(requests(source))).not.toContain('forty-two');
    expect(requests('VerifyAuthChallengeResponse')[0]).toMatchObject({
      privateChallengeParameters: { answer: 'forty-two' },
      challengeAnswer: 'x',
      userAttributes: { sub, email: ADA, 'cognito:user_status': 'CONFIRMED' },
      userNotFound: false,
    });
  });

  it('metadata of InitiateAuth reaches PreAuthentication alone; that of an answer the rounds and the tokens', async () => {
    const first = await start(ADA, { ClientMetadata: { at: 'start' } });
    expect(requests('PreAuthentication')[0]).toMatchObject({ validationData: { at: 'start' } });
    for (const source of ['DefineAuthChallenge', 'CreateAuthChallenge'])
      expect(requests(source)[0]).not.toHaveProperty('clientMetadata');
    const second = await answer(first, 'x', { ClientMetadata: { at: 'answer' } });
    for (const source of ['VerifyAuthChallengeResponse', 'DefineAuthChallenge', 'CreateAuthChallenge'])
      expect(requests(source).at(-1)).toMatchObject({ clientMetadata: { at: 'answer' } });
    await answer(second, 'forty-two', { ClientMetadata: { at: 'end' } });
    for (const source of ['PostAuthentication', 'TokenGeneration'])
      expect(requests(source)[0]).toMatchObject({ clientMetadata: { at: 'end' } });
  });

  it('an administrator’s calls run the same', async () => {
    const first = await pool.client.send(
      new AdminInitiateAuthCommand({
        UserPoolId: POOL_ID,
        ClientId: APP_CLIENT_ID,
        AuthFlow: 'CUSTOM_AUTH',
        AuthParameters: { USERNAME: ADA },
      }),
    );
    expect((await answer(first, 'forty-two')).AuthenticationResult).toBeDefined();
  });

  it('an administrator’s flow is not everybody’s', async () => {
    const input = {
      ClientId: APP_CLIENT_ID,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH' as const,
      AuthParameters: { USERNAME: ADA, PASSWORD },
    };
    expect((await errorOf(pool.client.send(new InitiateAuthCommand(input)))).name).toBe(
      'InvalidParameterException',
    );
    const admin = await pool.client.send(new AdminInitiateAuthCommand({ ...input, UserPoolId: POOL_ID }));
    expect(admin.AuthenticationResult).toBeDefined();
  });
});

describe('a session', () => {
  it('is good for one answer, right or wrong', async () => {
    const first = await start();
    await answer(first, '41');
    expect(await errorOf(answer(first, 'forty-two'))).toEqual(DEAD);
    const other = await start();
    await answer(other, 'forty-two');
    expect(await errorOf(answer(other, 'forty-two'))).toEqual(DEAD);
  });

  it.each([
    [3, APP_CLIENT_ID],
    [15, SHY],
  ])('is over after %i minutes (%s)', async (minutes, ClientId) => {
    const [early, late] = [await start(ADA, { ClientId }), await start(ADA, { ClientId })];
    now += minutes * 60_000 - 1;
    expect((await answer(early, 'forty-two', { ClientId })).AuthenticationResult).toBeDefined();
    now += 1;
    expect(await errorOf(answer(late, 'forty-two', { ClientId }))).toEqual(DEAD);
  });

  it('is one user’s, one client’s and one challenge’s', async () => {
    await pool.newcomer('eve@example.com');
    const another = { ChallengeResponses: { USERNAME: 'eve@example.com', ANSWER: 'forty-two' } };
    expect(await errorOf(answer(await start(), 'forty-two', another))).toEqual(DEAD);
    expect(await errorOf(answer(await start(), 'forty-two', { ClientId: SHY }))).toEqual(DEAD);
    const password = {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      ChallengeResponses: { USERNAME: ADA, NEW_PASSWORD: PASSWORD },
    };
    expect(await errorOf(answer(await start(), 'forty-two', password))).toEqual(DEAD);
    expect(await errorOf(answer(await start(), 'forty-two', { Session: 'A'.repeat(128) }))).toEqual(DEAD);
  });
});

describe('somebody who does not exist', () => {
  it('is asked like anybody, by a client that hides it, and never let in', async () => {
    const first = await start('nobody@example.com');
    expect(Object.keys(first)).toEqual(Object.keys(await start()));
    const { USERNAME } = first.ChallengeParameters ?? {};
    expect(USERNAME).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await start('nobody@example.com')).ChallengeParameters).toEqual(first.ChallengeParameters);
    expect(requests('CreateAuthChallenge')[0]).toMatchObject({ userNotFound: true, userAttributes: {} });
    expect(await errorOf(answer(first, 'forty-two'))).toEqual(WRONG);
    expect(pool.takeSources()).not.toContain('TokenGeneration_Authentication');
  });

  it('is named as such to other clients, and no trigger is asked', async () => {
    const { name } = await errorOf(start('nobody@example.com', { ClientId: FRANK }));
    expect(name).toBe('UserNotFoundException');
    expect(pool.events).toEqual([]);
    await start(ADA, { ClientId: FRANK });
    expect(requests('DefineAuthChallenge')[0]).not.toHaveProperty('userNotFound');
  });
});

describe('is refused', () => {
  it.each<[string, object]>([
    ['to a client without the flow', { ClientId: 'withoutflow' }],
    ['for somebody disabled', {}],
  ])('%s', async (_, input) => {
    if (!('ClientId' in input)) {
      await pool.client.send(new AdminDisableUserCommand({ UserPoolId: POOL_ID, Username: ADA }));
      expect(await errorOf(start(ADA, input))).toEqual({
        name: 'NotAuthorizedException',
        message: 'User is disabled.',
      });
    } else {
      expect((await errorOf(start(ADA, input))).name).toBe('ResourceNotFoundException');
      const srp = { ClientId: FRANK, AuthFlow: 'USER_SRP_AUTH' };
      expect((await errorOf(start(ADA, srp))).name).toBe('InvalidParameterException');
    }
  });

  it('where PreAuthentication throws', async () => {
    pool.attach(
      all({
        PreAuthentication: () => {
          throw new Error('not today');
        },
      }),
    );
    expect((await errorOf(start())).message).toBe('PreAuthentication failed with error not today.');
  });

  it('without a Define function', async () => {
    pool.attach({});
    expect((await errorOf(start())).name).toBe('InvalidUserPoolConfigurationException');
  });

  it.each<[string, Partial<Record<TriggerName, StandIn>>]>([
    ['Define says nothing', { DefineAuthChallenge: pass }],
    [
      'Define names a challenge that is none',
      {
        DefineAuthChallenge: ({ response }) =>
          Object.assign(response, { challengeName: 'RIDDLE' }) && undefined,
      },
    ],
    [
      'Define wants a password that the client has not begun with',
      {
        DefineAuthChallenge: ({ response }) =>
          Object.assign(response, { challengeName: 'PASSWORD_VERIFIER' }) && undefined,
      },
    ],
    [
      'Create gives a number',
      {
        CreateAuthChallenge: ({ response }) =>
          Object.assign(response, { publicChallengeParameters: { n: 1 } }) && undefined,
      },
    ],
  ])('where %s', async (_, change) => {
    pool.attach(all(change));
    expect(await errorOf(start())).toEqual({
      name: 'InvalidLambdaResponseException',
      message: 'Unrecognizable lambda output',
    });
  });

  it('where Verify answers with text', async () => {
    pool.attach(
      all({ VerifyAuthChallengeResponse: ({ response }) => void (response.answerCorrect = 'true') }),
    );
    expect((await errorOf(answer(await start(), 'forty-two'))).name).toBe('InvalidLambdaResponseException');
  });
});
