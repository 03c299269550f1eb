/** Sign-in by code and by link through the built functions, with the clients' own code. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { confirmSignIn, signIn } from 'aws-amplify/auth';
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  ConfirmSignUpCommand,
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Passwordless } from 'amazon-cognito-passwordless-auth';
import { requestSignInLink, signInWithLink } from 'amazon-cognito-passwordless-auth/magic-link';
import { LOCAL_CREDENTIALS, REGION } from '../../sandbox/aws/account.ts';
import { type BuiltPool, startBuiltPool } from '../../sandbox/built-pool.ts';
import { APP_CLIENT_ID, DEFAULT_CLIENTS, POOL_ID } from '../../sandbox/pool/settings.ts';
import { type AmplifyClient, startAmplify } from '../support/amplify.ts';
import { buildFunctions, ROOT, temporaryFolder } from '../support/bundles.ts';
import { errorOf, PASSWORD } from '../support/pool.ts';

const PAGE = 'https://app.example.com/signed-in';
/** Codes alone, links alone, either, and either behind the password. */
const CLIENTS = { codes: 'codes', links: 'links', either: APP_CLIENT_ID, strict: 'strict' };
const POLICY = `
version: 1
domains: { allow: [example.com], deny: [left.example.com] }
sign_in:
  methods: [email_otp, magic_link]
  magic_link: { redirect_uris: ["${PAGE}"] }
  resend_after: 30s
  rules:
    - { clients: [codes], methods: [email_otp] }
    - { clients: [links], methods: [magic_link] }
    - { clients: [strict], methods: [email_otp], after_srp: true }
`;
const WRONG = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});
let built: BuiltPool;
let cognito: CognitoIdentityProviderClient;
const log: string[] = [];
let people = 0;

beforeAll(async () => {
  const folder = temporaryFolder();
  const { code, stderr } = await buildFunctions(folder.path, folder.write('policy.yml', POLICY));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const clients = Object.values(CLIENTS).map((ClientId) => ({
    ...DEFAULT_CLIENTS[0],
    ClientId,
    AuthSessionValidity: 15,
  }));
  built = await startBuiltPool(
    { build: folder.path, settings: { clients } },
    (lines) => log.push(...lines),
    closers,
  );
  cognito = new CognitoIdentityProviderClient({
    endpoint: built.pool.url,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  closers.push(async () => cognito.destroy());
  // On a busy machine the first call of a function may take longer than it is given.
  const challenge = await begin('nobody@example.com').catch(() => null);
  if (challenge) await answer(challenge, '12345678').catch(() => null);
});

/** Somebody with a confirmed address. */
async function newcomer(email = `ada${people++}@example.com`): Promise<string> {
  const user = { ClientId: APP_CLIENT_ID, Username: email };
  await cognito.send(
    new SignUpCommand({ ...user, Password: PASSWORD, UserAttributes: [{ Name: 'email', Value: email }] }),
  );
  await cognito.send(
    new ConfirmSignUpCommand({
      ...user,
      ConfirmationCode: (await mails(email)).at(-1)?.text.split(' ').at(-1),
    }),
  );
  return email;
}

const mails = (email: string) => built.services.inbox.mailFor(email);
const ours = async (email: string) =>
  (await mails(email)).filter(({ from }) => from.includes('gatehouse@example.com'));
const codeFor = async (email: string) => /\b\d{8}\b/.exec((await ours(email)).at(-1)?.text ?? '')?.[0] ?? '';
const linkFor = (email: string) => inMail(email, /https:\S+/);

/** In the last mail, which on a busy machine may come behind the answer. */
async function inMail(email: string, form: RegExp): Promise<string> {
  for (let tries = 0; tries < 50; tries++) {
    const found = form.exec((await ours(email)).at(-1)?.text ?? '')?.[0];
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail for ${email}`);
}

const begin = (USERNAME: string, ClientId = CLIENTS.codes) =>
  cognito.send(new InitiateAuthCommand({ ClientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters: { USERNAME } }));
const answer = (
  challenge: InitiateAuthCommandOutput,
  ANSWER: string,
  {
    client = CLIENTS.codes,
    user,
    metadata,
  }: { client?: string; user?: string; metadata?: Record<string, string> } = {},
) =>
  cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId: client,
      ChallengeName: 'CUSTOM_CHALLENGE',
      Session: challenge.Session,
      ChallengeResponses: { USERNAME: user ?? challenge.ChallengeParameters?.['USERNAME'] ?? '', ANSWER },
      ...(metadata && { ClientMetadata: metadata }),
    }),
  );
const wrong = (code: string) => String((Number(code) + 1) % 1e8).padStart(8, '0');

describe('a code, through the AWS SDK', () => {
  it('signs in, and once', async () => {
    const ada = await newcomer();
    const challenge = await begin(ada);
    expect(challenge.ChallengeParameters).toMatchObject({
      challenge: 'EMAIL_OTP',
      digits: '8',
      resendAfter: '30',
    });
    const code = await codeFor(ada);
    const again = await answer(challenge, wrong(code));
    expect(again.ChallengeName).toBe('CUSTOM_CHALLENGE');
    expect((await answer(again, code)).AuthenticationResult?.AccessToken).toBeDefined();
    expect(await ours(ada)).toHaveLength(1);
    // Another session of the same minute had the same code; it is spent.
    const other = await begin(ada);
    expect((await ours(ada)).length).toBe(2);
    expect((await answer(other, code)).ChallengeName).toBe('CUSTOM_CHALLENGE');
  });

  it('ends the session after three wrong answers', async () => {
    const ada = await newcomer();
    let challenge = await begin(ada);
    const code = await codeFor(ada);
    challenge = await answer(challenge, wrong(code));
    challenge = await answer(challenge, wrong(wrong(code)));
    expect(await errorOf(answer(challenge, wrong(wrong(wrong(code)))))).toEqual(WRONG);
    // In a new session the code that is out is dead too.
    expect((await answer(await begin(ada), code)).ChallengeName).toBe('CUSTOM_CHALLENGE');
  });

  it('is refused in a session that was answered before, and to another user', async () => {
    const [ada, bob] = [await newcomer(), await newcomer()];
    const challenge = await begin(ada);
    const code = await codeFor(ada);
    const theirs = await begin(bob);
    expect((await answer(theirs, code)).ChallengeName).toBe('CUSTOM_CHALLENGE');
    expect((await errorOf(answer(challenge, code, { user: bob }))).name).toBe('NotAuthorizedException');
    const fresh = await begin(ada);
    expect((await answer(fresh, code)).AuthenticationResult).toBeDefined();
    expect((await errorOf(answer(fresh, code))).name).toBe('NotAuthorizedException');
  });

  it('is asked for by the client where there are both', async () => {
    const ada = await newcomer();
    const client = CLIENTS.either;
    const choice = await begin(ada, client);
    expect(choice.ChallengeParameters).toMatchObject({
      challenge: 'PROVIDE_AUTH_PARAMETERS',
      methods: 'EMAIL_OTP,MAGIC_LINK',
    });
    expect(await ours(ada)).toHaveLength(0);
    const challenge = await answer(choice, 'EMAIL_OTP', { client, metadata: { signInMethod: 'EMAIL_OTP' } });
    expect(challenge.ChallengeParameters).toMatchObject({ challenge: 'EMAIL_OTP' });
    const done = await answer(challenge, await codeFor(ada), { client });
    expect(done.AuthenticationResult?.IdToken).toBeDefined();
    const refused = answer(await begin(ada, client), 'x', { client, metadata: { signInMethod: 'FIDO2' } });
    expect(await errorOf(refused)).toEqual(WRONG);
  });

  it('is not to be had without the password where the policy asks for it', async () => {
    const ada = await newcomer();
    expect(await errorOf(begin(ada, CLIENTS.strict))).toEqual(WRONG);
    const started = await cognito.send(
      new InitiateAuthCommand({
        ClientId: CLIENTS.strict,
        AuthFlow: 'CUSTOM_AUTH',
        AuthParameters: { USERNAME: ada, CHALLENGE_NAME: 'SRP_A', SRP_A: 'a'.repeat(64) },
      }),
    );
    expect(started.ChallengeName).toBe('PASSWORD_VERIFIER');
    expect(await ours(ada)).toHaveLength(0);
  });
});

describe('who may not sign in', () => {
  /** Everything that a client can see of a sign-in that fails. */
  async function seen(user: string): Promise<unknown[]> {
    const answers: unknown[] = [];
    const see = async (sent: Promise<InitiateAuthCommandOutput>) => {
      const result = await sent.catch((error: Error) => error);
      if (result instanceof Error) return void answers.push({ name: result.name, message: result.message });
      const { USERNAME: _, ...parameters } = result.ChallengeParameters ?? {};
      answers.push({ name: result.ChallengeName, parameters, session: typeof result.Session });
      return result;
    };
    let challenge = await see(begin(user));
    for (const guess of ['12345678', '12345679', '12345680'])
      if (challenge) challenge = await see(answer(challenge, guess));
    return answers;
  }

  it('sees what everybody sees, and gets no mail', async () => {
    const known = await seen(await newcomer());
    expect(known).toHaveLength(4);
    expect(known.at(-1)).toEqual(WRONG);
    const left = await newcomer(`left${people++}@example.com`);
    await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: POOL_ID,
        Username: `temporary${people}@example.com`,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: `temporary${people}@example.com` },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
    for (const user of [
      'nobody@example.com',
      'Nobody',
      'nobody@elsewhere.org',
      `temporary${people}@example.com`,
    ])
      expect(await seen(user)).toEqual(known);
    expect(await ours(`temporary${people}@example.com`)).toEqual([]);
    expect(left).toBeDefined();
  });
});

describe('Amplify', () => {
  let amplify: AmplifyClient;
  const as = (userPoolClientId: string) =>
    startAmplify({ userPoolId: POOL_ID, userPoolClientId, userPoolEndpoint: built.pool.url });

  it('signs in by a code without a password', async () => {
    amplify = as(CLIENTS.codes);
    const ada = await newcomer();
    const { nextStep } = await amplify.call('signIn', {
      username: ada,
      options: { authFlowType: 'CUSTOM_WITHOUT_SRP' },
    });
    expect(nextStep).toMatchObject({
      signInStep: 'CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE',
      additionalInfo: { challenge: 'EMAIL_OTP' },
    });
    const code = await codeFor(ada);
    const once = await amplify.call('confirmSignIn', { challengeResponse: wrong(code) });
    expect(once.nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE');
    expect((await amplify.call('confirmSignIn', { challengeResponse: code })).isSignedIn).toBe(true);
    const { tokens } = await amplify.call('fetchAuthSession');
    expect(tokens?.idToken?.payload).toMatchObject({ email: ada });
  });

  it('signs in by a code behind the password', async () => {
    amplify = as(CLIENTS.strict);
    const ada = await newcomer();
    const options = { authFlowType: 'CUSTOM_WITH_SRP' as const };
    expect(
      await errorOf(amplify.call('signIn', { username: ada, password: 'Wrong-horse-1', options })),
    ).toEqual(WRONG);
    expect(await ours(ada)).toHaveLength(0);
    const { nextStep } = await amplify.call('signIn', { username: ada, password: PASSWORD, options });
    expect(nextStep.signInStep).toBe('CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE');
    const done = await amplify.call('confirmSignIn', { challengeResponse: await codeFor(ada) });
    expect(done.isSignedIn).toBe(true);
  });

  it('says which method it wants where there are both', async () => {
    amplify = as(CLIENTS.either);
    const ada = await newcomer();
    const { nextStep } = await amplify.call('signIn', {
      username: ada,
      options: { authFlowType: 'CUSTOM_WITHOUT_SRP' },
    });
    expect(nextStep).toMatchObject({ additionalInfo: { challenge: 'PROVIDE_AUTH_PARAMETERS' } });
    await amplify.call('confirmSignIn', {
      challengeResponse: 'EMAIL_OTP',
      options: { clientMetadata: { signInMethod: 'EMAIL_OTP' } },
    });
    expect((await amplify.call('confirmSignIn', { challengeResponse: await codeFor(ada) })).isSignedIn).toBe(
      true,
    );
  });
});

describe('the examples of docs/sign-in.md for Amplify', () => {
  const page = readFileSync(join(ROOT, 'docs', 'sign-in.md'), 'utf8');
  const examples = [...page.matchAll(/^```js amplify\n(.*?)^```$/gms)].map((match) => String(match[1]));
  const AsyncFunction = (async () => {}).constructor as new (
    ...text: string[]
  ) => (...values: unknown[]) => Promise<unknown>;

  it.each([
    [0, CLIENTS.codes],
    [1, CLIENTS.either],
  ])('example %i signs in', async (index, userPoolClientId) => {
    expect(examples).toHaveLength(2);
    const amplify = startAmplify({ userPoolId: POOL_ID, userPoolClientId, userPoolEndpoint: built.pool.url });
    const username = await newcomer();
    const scope = {
      signIn: (input: Parameters<typeof signIn>[0]) => amplify.call('signIn', input),
      confirmSignIn: (input: Parameters<typeof confirmSignIn>[0]) => amplify.call('confirmSignIn', input),
      codeFromMail: () => codeFor(username),
      username,
    };
    await new AsyncFunction(...Object.keys(scope), String(examples[index]))(...Object.values(scope));
    expect((await amplify.call('fetchAuthSession')).tokens?.idToken?.payload['email']).toBe(username);
  });
});

describe('the front end of amazon-cognito-passwordless-auth', () => {
  let storage: Map<string, string>;
  const location = { href: PAGE, hostname: 'app.example.com' };
  const steps: string[] = [];

  beforeEach(() => {
    storage = new Map();
    browser(CLIENTS.links);
  });

  function browser(clientId: string): void {
    Passwordless.configure({
      userPoolId: POOL_ID,
      clientId,
      cognitoIdpEndpoint: built.pool.url,
      location,
      history: { pushState: () => {} },
      storage: {
        getItem: (key) => storage.get(key) ?? null,
        setItem: (key, value) => void storage.set(key, value),
        removeItem: (key) => void storage.delete(key),
      },
    });
  }

  async function follow(link: string) {
    steps.length = 0;
    location.href = link;
    const { signedIn } = signInWithLink({
      statusCb: (status) => steps.push(status),
      tokensCb: async () => {},
    });
    return signedIn;
  }

  it('asks for a link and follows it in the same browser', async () => {
    const ada = await newcomer();
    await requestSignInLink({ username: ada, redirectUri: PAGE }).signInLinkRequested;
    expect([...storage.keys()].some((key) => key.endsWith('.session'))).toBe(true);
    const tokens = await follow(await linkFor(ada));
    expect(tokens?.accessToken).toBeDefined();
    expect(steps).toContain('SIGNED_IN_WITH_LINK');
    expect(await ours(ada)).toHaveLength(1);
  });

  it('follows it in another browser, and nowhere a second time', async () => {
    const ada = await newcomer();
    await requestSignInLink({ username: ada, redirectUri: PAGE }).signInLinkRequested;
    storage.clear();
    const link = await linkFor(ada);
    expect((await follow(link))?.idToken).toBeDefined();
    expect(await ours(ada)).toHaveLength(1);
    expect(await follow(link)).toBeUndefined();
    expect(steps).toContain('SIGNIN_LINK_EXPIRED');
    expect(await ours(ada)).toHaveLength(1);
  });

  it('works for a client with both methods too', async () => {
    browser(CLIENTS.either);
    const ada = await newcomer();
    await requestSignInLink({ username: ada, redirectUri: PAGE }).signInLinkRequested;
    expect((await follow(await linkFor(ada)))?.accessToken).toBeDefined();
  });

  it('is refused another page, and sees nothing that tells who exists', async () => {
    const ada = await newcomer();
    for (const username of [ada, 'nobody@example.com']) {
      const asked = requestSignInLink({ username, redirectUri: `${PAGE}/` }).signInLinkRequested;
      await expect(asked).rejects.toMatchObject(WRONG);
    }
    expect(await ours(ada)).toHaveLength(0);
    const { ChallengeParameters: known } = await requestSignInLink({ username: ada, redirectUri: PAGE })
      .signInLinkRequested;
    const { ChallengeParameters: unknown } = await requestSignInLink({
      username: 'nobody@example.com',
      redirectUri: PAGE,
    }).signInLinkRequested;
    expect({ ...unknown, USERNAME: '' }).toEqual({ ...known, USERNAME: '' });
  });
});

it('nothing of all this is in a log that should not be', async () => {
  const ada = await newcomer();
  const challenge = await begin(ada);
  const code = await codeFor(ada);
  await answer(challenge, code);
  const text = log.join('\n');
  expect(text).toContain('"reason":"mailed"');
  expect(text).toContain('"reason":"tokens"');
  expect(text).not.toContain(code);
  expect(text).not.toMatch(/@example\.com|nobody|__dummy__/);
});
