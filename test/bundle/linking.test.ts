import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { auditOf, type Functions, functionsWith } from '../support/bundles.ts';
import { refusal, type WireUser, wireUser } from '../../sandbox/aws/user-pool.ts';
import { WireCognito } from '../support/cognito.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { GENERIC, sampleEvent, withAttributes } from '../support/trigger-events.ts';

const EMAIL = 'ada@example.com';
const ADA = wireUser('11111111-aaaa', { sub: '11111111-aaaa', email: EMAIL, email_verified: 'true' });
const LINK = '11111111-aaaa <- Okta/00u1A_b';
const POLICY = `
version: 1
providers: { Okta: { domains: [example.com], link: true }, Google: { domains: [example.com] } }
domains: { allow: [example.com, partner.io] }
`;

const pool = new WireCognito();
const dynamodb = await startDynamodb();
let functions: Functions;

beforeAll(async () => {
  functions = await functionsWith(POLICY);
});
beforeEach(() => pool.reset([ADA]));

const event = (userName = 'Okta_00u1A_b', attributes: Record<string, unknown> = { email: EMAIL }) => ({
  ...withAttributes(sampleEvent('pre-sign-up/external-provider'), {
    email_verified: undefined,
    ...attributes,
  }),
  userName,
});
const start = (env: Record<string, string> = {}, from = functions) =>
  from.start('pre-sign-up', { APP_CLIENT_IDS: 'client1', ...pool.env, ...env });
const signIn = (sent: unknown = event(), env: Record<string, string> = {}) => start(env).invoke(sent);

describe('a first sign-in through a provider that the policy links', () => {
  it('is linked to the one account of its address; the event goes back as it came', async () => {
    const invocation = await signIn();
    expect(invocation.answer).toEqual({ ok: true, payload: JSON.parse(JSON.stringify(event())) });
    expect(pool.calls).toEqual([
      { operation: 'ListUsers', body: { UserPoolId: 'eu-west-1_AbCdEf123', Filter: `email = "${EMAIL}"` } },
      {
        operation: 'AdminLinkProviderForUser',
        body: {
          UserPoolId: 'eu-west-1_AbCdEf123',
          DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: '11111111-aaaa' },
          SourceUser: {
            ProviderName: 'Okta',
            ProviderAttributeName: 'Cognito_Subject',
            ProviderAttributeValue: '00u1A_b',
          },
        },
      },
    ]);
    expect(auditOf(invocation)).toMatchObject({ effect: 'allow', code: 'allowed', reason: 'linked' });
    expect(invocation.logLines.join()).not.toMatch(/ada@|00u1A/);
  });

  it('is linked also where somebody else has registered the address, and could not confirm it', async () => {
    const eve = wireUser('eve', { email: EMAIL, email_verified: 'false' });
    pool.reset([{ ...eve, UserStatus: 'UNCONFIRMED' }, ADA]);
    expect(auditOf(await signIn())).toMatchObject({ effect: 'allow', reason: 'linked' });
    expect(pool.links).toEqual([LINK]);
  });

  it('comes to one link however often, and however many at once', async () => {
    const trigger = start();
    const answers = await Promise.all([1, 2, 3].map(() => trigger.invoke(event())));
    answers.push(await trigger.invoke(event()), await signIn());
    expect(answers.map(({ answer }) => answer.ok)).toEqual([true, true, true, true, true]);
    expect(pool.links).toEqual([LINK]);
  });

  it.each<[string, WireUser[], string]>([
    ['nobody has it', [], 'no_user'],
    ['somebody registered it first, unconfirmed', [{ ...ADA, UserStatus: 'UNCONFIRMED' }], 'not_confirmed'],
    [
      'somebody registered it first, unverified',
      [wireUser('eve', { email: EMAIL, email_verified: 'false' })],
      'not_verified',
    ],
    [
      'two have it, one of them unverified',
      [ADA, wireUser('eve', { email: EMAIL, email_verified: 'false' })],
      'several_users',
    ],
    ['two have it', [ADA, { ...ADA, Username: 'b' }], 'several_users'],
    ['a federated user has it', [{ ...ADA, UserStatus: 'EXTERNAL_PROVIDER' }], 'federated_user'],
  ])('gets an account of its own where %s', async (_, users, reason) => {
    pool.reset(users);
    const invocation = await signIn();
    expect(invocation.answer.ok).toBe(true);
    expect(auditOf(invocation)).toMatchObject({ effect: 'allow', reason: `not_linked:${reason}` });
    expect(pool.calls.map(({ operation }) => operation)).toEqual(['ListUsers']);
  });

  it('is refused where an administrator has switched the account off', async () => {
    pool.reset([{ ...ADA, Enabled: false }]);
    const invocation = await signIn();
    expect(invocation.answer).toMatchObject({ ok: false, errorMessage: 'This account is blocked' });
    expect(auditOf(invocation)).toMatchObject({ effect: 'deny', code: 'blocked' });
    expect(pool.links).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['of a provider that is not linked', event('Google_1')],
    ['of a provider that is not listed', event('Evil_1')],
    ['of an address of another domain', event('Okta_1', { email: 'ada@partner.io' })],
    [
      'of an address that the provider calls unverified',
      event('Okta_1', { email: EMAIL, email_verified: 'false' }),
    ],
    ['that is a native sign-up', { ...event(), triggerSource: 'PreSignUp_SignUp' }],
    ['that an administrator makes', { ...event(), triggerSource: 'PreSignUp_AdminCreateUser' }],
  ])('asks the pool nothing about one %s', async (_, sent) => {
    expect((await signIn(sent)).answer.ok).toBe(true);
    expect(pool.calls).toEqual([]);
  });

  it('asks the pool nothing under MODE=observe, nor about clients that are not governed', async () => {
    expect((await signIn(event(), { MODE: 'observe' })).answer.ok).toBe(true);
    expect((await signIn(event(), { APP_CLIENT_IDS: 'other' })).answer.ok).toBe(true);
    expect(pool.calls).toEqual([]);
  });

  it('needs no invitation, for no account is made; one of its own does', async () => {
    const inviting = await functionsWith(`${POLICY}sign_up: { mode: invite }`);
    const { env } = await dynamodb.table();
    const answer = async () => (await start(env, inviting).invoke(event())).answer;
    expect(await answer()).toMatchObject({ ok: true });
    pool.reset([]);
    expect(await answer()).toMatchObject({ ok: false, errorMessage: 'An invitation is needed' });
  });
});

describe('a pool that does not answer as it should', () => {
  const throttled = refusal('TooManyRequestsException');
  const linking =
    (answer: ReturnType<typeof refusal>) =>
    ({ operation }: { operation: string }) =>
      operation === 'AdminLinkProviderForUser' ? answer : undefined;

  it.each<[string, WireCognito['misbehave'], string]>([
    ['hangs', () => null, 'DIRECTORY_UNAVAILABLE'],
    ['is throttled', () => throttled, 'DIRECTORY_UNAVAILABLE'],
    [
      'lets nobody ask',
      () => refusal('NotAuthorizedException', 'arn:aws:iam::1:role/x'),
      'DIRECTORY_UNAVAILABLE',
    ],
    ['answers something else', () => ({ status: 200, body: '<html>' }), 'DIRECTORY_MALFORMED'],
    [
      'lists users without names',
      () => ({ status: 200, body: { Users: [{ Enabled: true }] } }),
      'DIRECTORY_MALFORMED',
    ],
    [
      'lists pages without end',
      () => ({ status: 200, body: { Users: [], PaginationToken: 'x' } }),
      'DIRECTORY_MALFORMED',
    ],
    [
      'lists its pages slowly, and hangs when it is to link',
      async ({ operation, body: { PaginationToken = '' } }) => {
        if (operation !== 'ListUsers') return null;
        await sleep(500);
        const more = { PaginationToken: `${String(PaginationToken)}x` };
        return { status: 200, body: { Users: [ADA], ...(more.PaginationToken.length < 4 && more) } };
      },
      'DEADLINE',
    ],
    ['hangs when it is to link', linking(null), 'DIRECTORY_UNAVAILABLE'],
    ['is throttled when it is to link', linking(throttled), 'DIRECTORY_UNAVAILABLE'],
    ['will not link', linking(refusal('InvalidParameterException', `no ${EMAIL}`)), 'LINK_REFUSED'],
    ['says that somebody else has it', linking(refusal('AliasExistsException')), 'LINK_REFUSED'],
  ])(
    '%s: the sign-in fails in time and can be tried again; no second account is made',
    async (_, misbehave, code) => {
      pool.misbehave = misbehave;
      const started = Date.now();
      const { answer, logLines } = await signIn();
      expect(Date.now() - started).toBeLessThan(4000);
      expect(answer).toEqual({ ok: false, errorType: 'Error', errorMessage: GENERIC });
      expect(logLines).toHaveLength(1);
      expect(logLines[0]).toContain(`"code":"${code}"`);
      expect(logLines[0]).not.toMatch(/ada@|00u1A|arn:/);
      pool.misbehave = () => undefined;
      expect((await signIn()).answer.ok).toBe(true);
      expect(pool.links).toEqual([LINK]);
    },
  );

  it.each<[string, WireUser[][], string]>([
    ['on the last of four pages', [[], [], [], [ADA]], 'linked'],
    ['on two pages', [[ADA], [], [{ ...ADA, Username: 'b' }]], 'not_linked:several_users'],
  ])('lists who has the address %s: every page is read', async (_, pages, reason) => {
    pool.misbehave = ({ operation, body: { PaginationToken = '0' } }) => {
      const next = Number(PaginationToken) + 1;
      const more = next < pages.length && { PaginationToken: String(next) };
      return operation === 'ListUsers'
        ? { status: 200, body: { Users: pages[next - 1], ...more } }
        : undefined;
    };
    expect(auditOf(await signIn())).toMatchObject({ effect: 'allow', reason });
    expect(pool.links).toEqual(reason === 'linked' ? [LINK] : []);
  });

  it('names people who have another address: none of them is linked', async () => {
    pool.misbehave = ({ operation }) =>
      operation === 'ListUsers'
        ? {
            status: 200,
            body: { Users: [wireUser('eve', { email: 'eve@example.com', email_verified: 'true' })] },
          }
        : undefined;
    expect(auditOf(await signIn())).toMatchObject({ reason: 'not_linked:no_user' });
    expect(pool.links).toEqual([]);
  });

  it('loses the answer to a link that it has made: the SDK’s repetition is a success', async () => {
    let lost = false;
    pool.misbehave = ({ operation, body }) => {
      if (operation !== 'AdminLinkProviderForUser' || lost) return undefined;
      lost = true;
      const { ProviderAttributeValue: userId } = body['SourceUser'] as Record<string, string>;
      pool.users[0]?.Attributes.push({
        Name: 'identities',
        Value: JSON.stringify([{ providerName: 'Okta', userId }]),
      });
      return null;
    };
    expect((await signIn()).answer.ok).toBe(true);
    expect(pool.links).toEqual([LINK]);
  });

  it('is not there at all', async () => {
    const nowhere = { AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: 'http://127.0.0.1:9' };
    expect((await signIn(event(), nowhere)).answer).toMatchObject({ ok: false, errorMessage: GENERIC });
  });
});
