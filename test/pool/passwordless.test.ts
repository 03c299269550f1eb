/** The front end of amazon-cognito-passwordless-auth, with its own code: a magic link asked for and followed. */

import { beforeAll, expect, it } from '@jest/globals';
import { Passwordless } from 'amazon-cognito-passwordless-auth';
import { requestSignInLink, signInWithLink } from 'amazon-cognito-passwordless-auth/magic-link';
import { APP_CLIENT_ID, POOL_ID } from '../../sandbox/pool/settings.ts';
import { type Json, type StandIn, TestPool } from '../support/pool.ts';

const ADA = 'ada@example.com';
const PAGE = 'https://app.example.com/signed-in';
/** What the mail would hold: the package reads who it is for and how long it is good. */
const secret = (userName: string, now = Date.now() / 1000) =>
  `${Buffer.from(JSON.stringify({ userName, iat: now, exp: now + 600 })).toString('base64url')}.signature`;

let pool: TestPool;
let sub: string;
const location = { href: PAGE, hostname: 'app.example.com' };
const steps: string[] = [];

/** The package's protocol: a first round for its parameters alone, then the link. */
const linkTriggers: Record<string, StandIn> = {
  DefineAuthChallenge: ({ request, response }: Json) => {
    const last = request['session'].at(-1);
    const issueTokens = last?.challengeResult === true;
    Object.assign(response, { issueTokens, failAuthentication: false, challengeName: 'CUSTOM_CHALLENGE' });
  },
  CreateAuthChallenge: ({ request, response }: Json) => {
    const asked = request['clientMetadata']?.signInMethod === 'MAGIC_LINK';
    Object.assign(response, {
      publicChallengeParameters: { challenge: asked ? 'MAGIC_LINK' : 'PROVIDE_AUTH_PARAMETERS' },
      privateChallengeParameters: {},
      challengeMetadata: asked ? 'MAGIC_LINK' : 'PROVIDE_AUTH_PARAMETERS',
    });
  },
  VerifyAuthChallengeResponse: ({ request, response }: Json) => {
    const { signInMethod, alreadyHaveMagicLink, redirectUri } = request['clientMetadata'] ?? {};
    const followed = signInMethod === 'MAGIC_LINK' && alreadyHaveMagicLink === 'yes' && redirectUri === PAGE;
    response.answerCorrect = followed && request['challengeAnswer'].endsWith('.signature');
  },
};

beforeAll(async () => {
  pool = await TestPool.start(linkTriggers);
  sub = await pool.newcomer(ADA);
  Passwordless.configure({
    cognitoIdpEndpoint: pool.url,
    userPoolId: POOL_ID,
    clientId: APP_CLIENT_ID,
    location,
    history: { pushState: () => {} },
  });
});

const follow = async (fragment: string) => {
  location.href = `${PAGE}#${fragment}`;
  const { signedIn } = signInWithLink({ tokensCb: async () => {}, statusCb: (status) => steps.push(status) });
  return signedIn;
};

it('asks for a link and follows it in the same browser: one session goes on', async () => {
  await requestSignInLink({ username: ADA, redirectUri: PAGE }).signInLinkRequested;
  expect(pool.events.at(-1)).toMatchObject({
    triggerSource: 'CreateAuthChallenge_Authentication',
    request: {
      clientMetadata: { signInMethod: 'MAGIC_LINK', redirectUri: PAGE, alreadyHaveMagicLink: 'no' },
    },
  });
  pool.events.length = 0;
  const tokens = await follow(secret(sub));
  expect(tokens?.username).toBe(sub);
  expect(pool.takeSources()).not.toContain('PreAuthentication_Authentication');
});

it('follows a link in another browser: a session of its own, answered at once', async () => {
  expect((await follow(secret(sub)))?.accessToken).toBeDefined();
  expect(pool.takeSources().slice(0, 4)).toEqual(
    ['DefineAuthChallenge', 'CreateAuthChallenge', 'VerifyAuthChallengeResponse', 'DefineAuthChallenge'].map(
      (name) => `${name}_Authentication`,
    ),
  );
});

it('begins anew when the session that it kept is over', async () => {
  const asked = await requestSignInLink({ username: ADA, redirectUri: PAGE }).signInLinkRequested;
  await fetch(pool.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.RespondToAuthChallenge' },
    body: JSON.stringify({
      ClientId: APP_CLIENT_ID,
      ChallengeName: 'CUSTOM_CHALLENGE',
      Session: asked.Session,
      ChallengeResponses: { USERNAME: sub, ANSWER: 'spent' },
    }),
  });
  expect((await follow(secret(sub)))?.accessToken).toBeDefined();
});

it('takes a link that is refused for one that is over', async () => {
  steps.length = 0;
  pool.attach({
    ...linkTriggers,
    DefineAuthChallenge: (event) => {
      linkTriggers['DefineAuthChallenge']?.(event);
      if (event['request'].session.length > 0)
        Object.assign(event['response'], { issueTokens: false, failAuthentication: true });
    },
  });
  expect(await follow(secret(sub, Date.now() / 1000 - 1))).toBeUndefined();
  expect(steps).toContain('SIGNIN_LINK_EXPIRED');
});
