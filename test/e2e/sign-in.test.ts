/** Codes and links by mail, end to end: the built functions, in a user pool, with the clients that people use. */

import {
  AdminCreateUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Passwordless } from 'amazon-cognito-passwordless-auth';
import { requestSignInLink, signInWithLink } from 'amazon-cognito-passwordless-auth/magic-link';
import type { Inbox } from '../../sandbox/aws/inbox.ts';
import { APP_CLIENT_ID, DEFAULT_CLIENTS, POOL_ID } from '../../sandbox/pool/settings.ts';
import { type AmplifyClient, startAmplify } from '../support/amplify.ts';
import { claimsIn, errorOf, PASSWORD, TestPool } from '../support/pool.ts';

// A mail has its window, whether there is one or not, and each answer its functions.
jest.setTimeout(180_000);
const PAGE = 'https://app.example.com/signed-in';
const FIRST = { authFlowType: 'CUSTOM_WITHOUT_SRP' as const };
/** An app for which the password comes first. */
const BANK = 'bankclient';
const POLICY = `
version: 1
domains: { allow: [example.com] }
groups: { staff: { members: { domains: [example.com] } } }
sign_in:
  methods: [email_otp, magic_link]
  otp: { digits: 8, ttl: 5m, attempts: 3 }
  magic_link: { ttl: 10m, redirect_uris: ["${PAGE}"] }
  resend_after: 60s
  rules: [{ clients: [${BANK}], methods: [email_otp], after_srp: true }]
`;
const WRONG = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };

let pool: TestPool;
let inbox: Inbox;
let amplify: AmplifyClient;
let bank: AmplifyClient;
let ada: string;
let sub: string;
let people = 0;

beforeAll(async () => {
  const clients = [...DEFAULT_CLIENTS, { ...DEFAULT_CLIENTS[0], ClientId: BANK }];
  const built = await TestPool.built(POLICY, { settings: { clients } });
  pool = built.pool;
  inbox = built.services.inbox;
  const at = (userPoolClientId: string) =>
    startAmplify({ userPoolId: POOL_ID, userPoolClientId, userPoolEndpoint: pool.url });
  amplify = at(APP_CLIENT_ID);
  bank = at(BANK);
});

beforeEach(async () => {
  await Promise.all([amplify.call('signOut'), bank.call('signOut')]);
  ada = `ada${people++}@example.com`;
  sub = await pool.newcomer(ada);
});

const mailedCode = async (address = ada): Promise<string> =>
  /^ {4}(\d{8})$/m.exec((await inbox.mailFor(address)).at(-1)?.text ?? '')?.[1] ?? '';
const mailedLink = async (): Promise<string> =>
  /^https:\S+$/m.exec((await inbox.mailFor(ada)).at(-1)?.text ?? '')?.[0] ?? '';
const otherThan = (code: string, by = 1) => String((Number(code) + by) % 1e8).padStart(8, '0');
const wantCode = { clientMetadata: { signInMethod: 'EMAIL_OTP' } };

/** The first round asks how; the second one is the code. */
async function askForCode(client = amplify): Promise<string> {
  const { nextStep } = await client.call('signIn', { username: ada, options: FIRST });
  expect(nextStep).toMatchObject({ additionalInfo: { challenge: 'PROVIDE_AUTH_PARAMETERS' } });
  const asked = await client.call('confirmSignIn', { challengeResponse: 'any', options: wantCode });
  expect(asked.nextStep).toMatchObject({ additionalInfo: { challenge: 'EMAIL_OTP', digits: '8' } });
  return mailedCode();
}

describe('a code by mail, with Amplify', () => {
  it('lets in whoever types it in, once, with the tokens of the policy', async () => {
    const code = await askForCode();
    expect(code).toMatch(/^\d{8}$/);
    expect(JSON.stringify(pool.events)).not.toContain(code);
    expect((await amplify.call('confirmSignIn', { challengeResponse: code })).isSignedIn).toBe(true);
    const { tokens } = await amplify.call('fetchAuthSession');
    expect(tokens?.accessToken.payload).toMatchObject({
      sub,
      gatehouse_domain: 'example.com',
      'cognito:groups': ['staff'],
    });
    await amplify.call('signOut');
    await amplify.call('signIn', { username: ada, options: FIRST });
    await amplify.call('confirmSignIn', { challengeResponse: 'any', options: wantCode });
    const again = await amplify.call('confirmSignIn', { challengeResponse: code });
    expect(again.isSignedIn).toBe(false);
  });

  it('forgives a slip, and not three', async () => {
    const code = await askForCode();
    expect((await amplify.call('confirmSignIn', { challengeResponse: otherThan(code) })).isSignedIn).toBe(
      false,
    );
    expect((await amplify.call('confirmSignIn', { challengeResponse: code })).isSignedIn).toBe(true);
  });

  it('three wrong codes end the session, and the right one is dead with them', async () => {
    const code = await askForCode();
    const guess = (by: number) => amplify.call('confirmSignIn', { challengeResponse: otherThan(code, by) });
    await guess(1);
    await guess(2);
    expect(await errorOf(guess(3))).toEqual(WRONG);
    await amplify.call('signIn', { username: ada, options: FIRST });
    await amplify.call('confirmSignIn', { challengeResponse: 'any', options: wantCode });
    expect((await amplify.call('confirmSignIn', { challengeResponse: code })).isSignedIn).toBe(false);
  });

  it('asks in the same way whoever has no account, and mails nobody', async () => {
    const shown = async (username: string) => {
      const steps = [await amplify.call('signIn', { username, options: FIRST })];
      steps.push(await amplify.call('confirmSignIn', { challengeResponse: 'any', options: wantCode }));
      return JSON.stringify(steps).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID');
    };
    expect(await shown('nobody@example.com')).toBe(await shown(ada));
    expect(await inbox.mailFor('nobody@example.com')).toEqual([]);
    expect(await inbox.mailFor(ada)).toHaveLength(2);
  });
});

describe('after the password, where the policy says so', () => {
  it('the code comes behind SRP', async () => {
    const options = { authFlowType: 'CUSTOM_WITH_SRP' as const };
    const wrong = bank.call('signIn', { username: ada, password: `${PASSWORD}x`, options });
    expect(await errorOf(wrong)).toEqual(WRONG);
    expect(await inbox.mailFor(ada)).toHaveLength(1);
    await bank.call('signIn', { username: ada, password: PASSWORD, options });
    expect((await bank.call('confirmSignIn', { challengeResponse: await mailedCode() })).isSignedIn).toBe(
      true,
    );
  });

  it('leaving the password out gets nobody further, and no mail', async () => {
    expect(await errorOf(bank.call('signIn', { username: ada, options: FIRST }))).toEqual(WRONG);
    expect(await inbox.mailFor(ada)).toHaveLength(1);
  });

  it('somebody with a temporary password sets their own, and then types in the code', async () => {
    const username = `new${people}@example.com`;
    await pool.client.send(
      new AdminCreateUserCommand({
        UserPoolId: POOL_ID,
        Username: username,
        UserAttributes: [{ Name: 'email_verified', Value: 'true' }],
      }),
    );
    const password = await pool.lastCode(username);
    const options = { authFlowType: 'CUSTOM_WITH_SRP' as const };
    const first = await bank.call('signIn', { username, password, options });
    expect(first.nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
    const second = await bank.call('confirmSignIn', { challengeResponse: PASSWORD });
    expect(second.nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE');
    const third = await bank.call('confirmSignIn', { challengeResponse: await mailedCode(username) });
    expect(third.isSignedIn).toBe(true);
  });

  it('a password alone is a sign-in of its own, and stays one', async () => {
    expect((await amplify.call('signIn', { username: ada, password: PASSWORD })).isSignedIn).toBe(true);
  });
});

describe('a link by mail, with the passwordless front end', () => {
  const location = { href: PAGE, hostname: 'app.example.com' };
  beforeEach(() => {
    Passwordless.configure({
      cognitoIdpEndpoint: pool.url,
      userPoolId: POOL_ID,
      clientId: APP_CLIENT_ID,
      location,
      history: { pushState: () => {} },
    });
  });

  const askForLink = async (redirectUri = PAGE): Promise<string> => {
    await requestSignInLink({ username: ada, redirectUri }).signInLinkRequested;
    return mailedLink();
  };
  /** The page that the link opens; undefined: the link is not good. */
  const open = async (link: string): Promise<string | undefined> => {
    location.href = link;
    const tokens = await signInWithLink({ tokensCb: async () => {} }).signedIn;
    return tokens?.accessToken;
  };
  /** Another browser: it knows of no session. */
  const forget = () =>
    Passwordless.configure().storage.removeItem(`Passwordless.${APP_CLIENT_ID}.${sub}.session`);

  it('leads to the listed page with the secret in the fragment, and signs in there, once', async () => {
    const link = await askForLink();
    expect(link.split('#')[0]).toBe(PAGE);
    expect(claimsIn(await open(link))).toMatchObject({ sub, gatehouse_domain: 'example.com' });
    expect(await open(link)).toBeUndefined();
  });

  it('works in another browser', async () => {
    const link = await askForLink();
    await forget();
    expect(claimsIn(await open(link))['sub']).toBe(sub);
  });

  it('is mailed for no page that is not listed', async () => {
    await expect(askForLink('https://evil.example/')).rejects.toThrow('Incorrect username or password');
    expect(await inbox.mailFor(ada)).toHaveLength(1);
  });

  it('is nobody else’s: the name in it is not believed', async () => {
    const [header = '', secret] = (await askForLink()).split('#')[1]?.split('.') ?? [];
    const eve = await pool.newcomer(`eve${people}@example.com`);
    const message = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...message, userName: eve })).toString('base64url');
    await forget();
    expect(await open(`${PAGE}#${forged}.${secret}`)).toBeUndefined();
  });
});

it('four sessions at once with one code: one of them is let in', async () => {
  const code = await askForCode();
  const respond = (Session: string | undefined, ANSWER: string) =>
    pool.client.send(
      new RespondToAuthChallengeCommand({
        ClientId: APP_CLIENT_ID,
        ChallengeName: 'CUSTOM_CHALLENGE',
        Session,
        ChallengeResponses: { USERNAME: ada, ANSWER },
        ClientMetadata: wantCode.clientMetadata,
      }),
    );
  const sessions: (string | undefined)[] = [];
  for (let n = 0; n < 4; n++) {
    const parameters = { AuthFlow: 'CUSTOM_AUTH' as const, AuthParameters: { USERNAME: ada } };
    const first = await pool.client.send(new InitiateAuthCommand({ ClientId: APP_CLIENT_ID, ...parameters }));
    sessions.push((await respond(first.Session, 'any')).Session);
  }
  const answers = await Promise.all(sessions.map((session) => respond(session, code).catch(() => null)));
  expect(answers.filter((answer) => answer?.AuthenticationResult)).toHaveLength(1);
});
