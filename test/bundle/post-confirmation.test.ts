import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startInbox } from '../../sandbox/aws/inbox.ts';
import type { Invocation } from '../../sandbox/lambda.ts';
import { profileKey, unfinishedKey } from '../../shared/store/keys.ts';
import type { Store } from '../../shared/store/ports.ts';
import { auditOf, type Functions, functionsWith } from '../support/bundles.ts';
import { refusal, wireUser } from '../../sandbox/aws/user-pool.ts';
import { WireCognito } from '../support/cognito.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { awsError } from '../../sandbox/aws/proxy.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { sampleEvent, type TriggerEvent, withAttributes } from '../support/trigger-events.ts';

const POOL = 'eu-west-1_AbCdEf123';
const POLICY = `
version: 1
domains: { allow: [example.com, partner.io] }
groups: { reader: {}, member: {} }
confirmed: { groups: [reader, member], welcome: true }
`;

const pool = new WireCognito();
const dynamodb = await startDynamodb();
const inbox = await startInbox();
const mailProxy = await startFaultyProxy(inbox.url);
const tableProxy = await startFaultyProxy(dynamodb.endpoint);
let functions: Functions;
let people = 0;

/** Somebody new, with a table of their own. */
async function someone(attributes: Record<string, unknown> = {}) {
  const sub = `00000000-0000-4000-8000-${String(++people).padStart(12, '0')}`;
  const email = `ada${people}@example.com`;
  pool.users.push(wireUser(sub, { sub, email, email_verified: 'true' }));
  const { store, env } = await dynamodb.table();
  const event: TriggerEvent = {
    ...withAttributes(sampleEvent('post-confirmation/confirm-sign-up'), { sub, email, ...attributes }),
    userName: sub,
  };
  return { sub, email, store, env, event };
}

type Someone = Awaited<ReturnType<typeof someone>>;

const start = (env: Record<string, string>, from = functions) =>
  from.start('post-confirmation', {
    APP_CLIENT_IDS: 'client1',
    MAIL_FROM: 'Gatehouse <no-reply@example.com>',
    AWS_ENDPOINT_URL_SESV2: inbox.url,
    ...pool.env,
    ...env,
  });
const profileOf = async ({ store, sub }: Someone) => (await store.get(profileKey(POOL, sub)))?.data;
const isListed = async (store: Store, sub: string) => (await store.get(unfinishedKey(POOL, sub))) !== null;
const groupsOf = ({ sub }: Someone) => Object.keys(pool.groups).filter((name) => pool.groups[name]?.has(sub));
const additions = () => pool.calls.filter(({ operation }) => operation === 'AdminAddUserToGroup').length;
/** Whatever happens, the account is confirmed, and the event goes back as it came. */
const expectPassed = ({ answer }: Invocation, event: unknown) =>
  expect(answer).toEqual({ ok: true, payload: JSON.parse(JSON.stringify(event)) });

const DONE = { groups: { reader: 'done', member: 'done' }, welcome: 'sent', busyUntil: 0 };

beforeAll(async () => {
  functions = await functionsWith(POLICY);
});
afterAll(() => inbox.close());
beforeEach(() => {
  pool.reset([], ['reader', 'member']);
  for (const proxy of [mailProxy, tableProxy]) Object.assign(proxy, { otherwise: 'pass', requests: [] });
});

describe('a new account', () => {
  it('gets a profile, the default groups and a mail; the event goes back as it came', async () => {
    const ada = await someone();
    const invocation = await start(ada.env).invoke(ada.event);
    expectPassed(invocation, ada.event);
    expect(auditOf(invocation)).toMatchObject({ effect: 'allow', code: 'allowed', sub: ada.sub, pool: POOL });
    expect(invocation.logLines).toHaveLength(1);
    expect(invocation.logLines.join()).not.toContain('@');
    expect(await profileOf(ada)).toEqual({ ...DONE, username: ada.sub, confirmedAt: expect.any(Number) });
    expect(await isListed(ada.store, ada.sub)).toBe(false);
    expect(groupsOf(ada)).toEqual(['reader', 'member']);
    expect(await inbox.mailFor(ada.email)).toMatchObject([
      {
        from: 'Gatehouse <no-reply@example.com>',
        subject: 'Your account is ready',
        text: expect.stringMatching(/^Hello Ada,/),
      },
    ]);
  });

  it('is the same to three deliveries at once and to three more later', async () => {
    const ada = await someone();
    const instances = [start(ada.env), start(ada.env), start(ada.env)];
    const deliver = () => Promise.all(instances.map((each) => each.invoke(ada.event)));
    for (const invocation of [...(await deliver()), ...(await deliver())]) {
      expectPassed(invocation, ada.event);
      expect(invocation.logLines.join()).not.toContain('failure');
    }
    expect(await profileOf(ada)).toMatchObject(DONE);
    expect(additions()).toBe(2);
    expect(await inbox.mailFor(ada.email)).toHaveLength(1);
    expect(await isListed(ada.store, ada.sub)).toBe(false);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a name that is an address', { given_name: 'evil.example', name: 'Ada' }, /^Hello,/],
    [
      'a name with a text of its own',
      { given_name: 'Ada\n\nYour account is blocked: http://evil.example' },
      /^Hello,/,
    ],
    ['no name', { given_name: undefined }, /^Hello,/],
    ['a name in another script', { given_name: 'Ада  О’Нил-Лавлейс' }, /^Hello Ада О’Нил-Лавлейс,/],
    ['a title', { given_name: undefined, name: 'Dr. Ada Lovelace' }, /^Hello Dr\. Ada Lovelace,/],
  ])('with %s', async (_, attributes, greeting) => {
    const ada = await someone(attributes);
    await start(ada.env).invoke(ada.event);
    expect((await inbox.mailFor(ada.email))[0]?.text).toMatch(greeting);
  });

  it('from a provider gets the same', async () => {
    const pat = await someone();
    const event = { ...sampleEvent('post-confirmation/federated'), userName: 'Okta_00u1a2b3c4' };
    pool.users.push(wireUser('Okta_00u1a2b3c4', {}));
    expectPassed(await start(pat.env).invoke(event), event);
    expect(pool.groups['reader']?.has('Okta_00u1a2b3c4')).toBe(true);
    expect(await inbox.mailFor('pat@partner.io')).toHaveLength(1);
  });
});

describe('an account that the domain gate would refuse', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['without a verified address', { email_verified: 'false' }, 'email_unverified'],
    ['of another domain', { email: 'eve@evil.example' }, 'domain_denied'],
    ['without an address', { email: undefined }, 'email_missing'],
  ])('%s waits for the first token that the gate lets through', async (_, attributes, code) => {
    const eve = await someone(attributes);
    const invocation = await start(eve.env).invoke(eve.event);
    expectPassed(invocation, eve.event);
    expect(auditOf(invocation)).toMatchObject({ effect: 'deny', code });
    expect(await profileOf(eve)).toMatchObject({ groups: { reader: 'due', member: 'due' }, welcome: 'none' });
    expect(await isListed(eve.store, eve.sub)).toBe(false);
    expect(additions()).toBe(0);
    expect(await inbox.mailFor(eve.email)).toEqual([]);
  });

  it('gets no mail to an address that nobody has verified, where there is no gate', async () => {
    const others = await functionsWith(POLICY.replace(/domains.*\n/, ''));
    const ada = await someone({ email_verified: 'false' });
    await start(ada.env, others).invoke(ada.event);
    expect(groupsOf(ada)).toEqual(['reader', 'member']);
    expect(await profileOf(ada)).toMatchObject({ ...DONE, welcome: 'none' });
    expect(await inbox.mailFor(ada.email)).toEqual([]);
  });
});

describe('what is none of its business', () => {
  it.each<[string, Partial<TriggerEvent>, Record<string, string>, number]>([
    ['a new password', { triggerSource: 'PostConfirmation_ConfirmForgotPassword' }, {}, 0],
    ['another client', { callerContext: { clientId: 'client2' } }, {}, 0],
    ['an account while it observes', {}, { MODE: 'observe' }, 1],
  ])('%s passes untouched', async (_, change, env, lines) => {
    const ada = await someone();
    const event = { ...ada.event, ...change };
    const invocation = await start({ ...ada.env, ...env }).invoke(event);
    expectPassed(invocation, event);
    expect(invocation.logLines).toHaveLength(lines);
    expect(await profileOf(ada)).toBeUndefined();
    expect(additions()).toBe(0);
    expect(await inbox.mailFor(ada.email)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['another trigger', sampleEvent('pre-sign-up/sign-up')],
    ['no attributes', { ...sampleEvent('post-confirmation/confirm-sign-up'), request: {} }],
    ['no sub', withAttributes(sampleEvent('post-confirmation/confirm-sign-up'), { sub: 5 })],
  ])('%s is logged, and passes', async (_, event) => {
    const { env } = await dynamodb.table();
    const { answer, logLines } = await start(env).invoke(event);
    expect(answer).toEqual({ ok: true, payload: event });
    expect(logLines).toHaveLength(1);
    expect(logLines[0]).toContain('EVENT_INVALID');
    expect(logLines[0]).not.toContain('@');
  });
});

describe('a start without what the policy needs', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['a table', { MAIL_FROM: 'a@example.com' }, /^TABLE_NAME is missing: `confirmed` needs it$/],
    ['a sender', { TABLE_NAME: 'table' }, /^MAIL_FROM is missing: `confirmed.welcome` needs it$/],
  ])('%s', async (_, env, problem) => {
    const { answer } = await functions
      .start('post-confirmation', { APP_CLIENT_IDS: '*', ...env })
      .invoke(sampleEvent('post-confirmation/confirm-sign-up'));
    expect(answer).toMatchObject({
      ok: false,
      errorType: 'ConfigError',
      errorMessage: expect.stringMatching(problem),
    });
  });
});

describe('a failure on the way', () => {
  const codesOf = ({ logLines }: Invocation) =>
    logLines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .flatMap(({ message, code }) => (message === 'failure' ? [code] : []));

  /** In time: Cognito waits for 5 s. */
  async function deliver(ada: Someone, env: Record<string, string>): Promise<Invocation> {
    const trigger = start({ ...ada.env, ...env });
    const begin = performance.now();
    const invocation = await trigger.invoke(ada.event);
    expect(performance.now() - begin).toBeLessThan(4500);
    expectPassed(invocation, ada.event);
    expect(invocation.logLines.join()).not.toMatch(/@|127\.0\.0\.1|not sent to/);
    return invocation;
  }

  it('a quota that is used up: it goes on until all is done', async () => {
    const ada = await someone();
    pool.misbehave = (_, count) => (count <= 4 ? refusal('TooManyRequestsException') : undefined);
    expect(codesOf(await deliver(ada, {}))).toEqual([]);
    expect(await profileOf(ada)).toMatchObject(DONE);
    expect(additions()).toBe(6);
  });

  it.each<[string, () => void, string, Record<string, string>]>([
    [
      'a quota that stays used up',
      () => (pool.misbehave = () => refusal('TooManyRequestsException')),
      'GROUP_THROTTLED',
      { reader: 'due', member: 'due' },
    ],
    [
      'a pool that hangs',
      () => (pool.misbehave = () => null),
      'GROUP_UNREACHABLE',
      { reader: 'due', member: 'due' },
    ],
    [
      'a pool that fails',
      () => (pool.misbehave = () => ({ status: 500, body: {} })),
      'GROUP_UNREACHABLE',
      { reader: 'due', member: 'due' },
    ],
    [
      'a group that is not there',
      () => pool.reset(pool.users, ['member']),
      'GROUP_REFUSED',
      { reader: 'due', member: 'done' },
    ],
    [
      'a role that may not',
      () => (pool.misbehave = () => refusal('AccessDeniedException')),
      'GROUP_REFUSED',
      { reader: 'due', member: 'due' },
    ],
  ])('%s: what is left is written down, and the mail goes out', async (_, arrange, code, groups) => {
    const ada = await someone();
    arrange();
    expect(new Set(codesOf(await deliver(ada, {})))).toEqual(new Set([code]));
    expect(await profileOf(ada)).toMatchObject({ groups, welcome: 'sent', busyUntil: 0 });
    expect(await isListed(ada.store, ada.sub)).toBe(true);
    expect(await inbox.mailFor(ada.email)).toHaveLength(1);
  });

  it.each<[string, FaultyProxy['otherwise'], string, string, number]>([
    ['refuses', awsError('MessageRejected'), 'MAIL_REFUSED', 'due', 0],
    ['throttles', awsError('TooManyRequestsException', 429), 'MAIL_REFUSED', 'due', 0],
    ['fails', awsError('InternalFailure', 500), 'MAIL_UNKNOWN', 'sending', 0],
    ['hangs', 'hang', 'MAIL_UNKNOWN', 'sending', 0],
    ['answers without end', 'trickle', 'MAIL_UNKNOWN', 'sending', 0],
    ['takes it and says nothing', 'cut', 'MAIL_UNKNOWN', 'sending', 1],
  ])(
    'a mail service that %s: that is written down, and the groups are given',
    async (_, fault, code, welcome, mails) => {
      const ada = await someone();
      mailProxy.otherwise = fault;
      expect(codesOf(await deliver(ada, { AWS_ENDPOINT_URL_SESV2: mailProxy.endpoint }))).toEqual([code]);
      expect(await profileOf(ada)).toMatchObject({ groups: DONE.groups, welcome });
      expect(await isListed(ada.store, ada.sub)).toBe(true);
      expect(mailProxy.requests).toHaveLength(1);
      // Not even when the event comes again.
      mailProxy.otherwise = 'pass';
      await deliver(ada, { AWS_ENDPOINT_URL_SESV2: mailProxy.endpoint });
      expect(await inbox.mailFor(ada.email)).toHaveLength(welcome === 'due' ? 1 : mails);
    },
  );

  it.each<[string, FaultyProxy['otherwise']]>([
    ['hangs', 'hang'],
    ['fails', awsError('InternalServerError', 500)],
    ['is throttled', awsError('ProvisionedThroughputExceededException')],
    ['may not be written', awsError('AccessDeniedException')],
    ['answers without end', 'trickle'],
  ])(
    'a table that %s: the groups are given, and no mail goes out, for nothing could say that it has',
    async (_, fault) => {
      const ada = await someone();
      tableProxy.otherwise = fault;
      const codes = codesOf(await deliver(ada, { AWS_ENDPOINT_URL_DYNAMODB: tableProxy.endpoint }));
      expect(codes).toEqual(['STORE_UNAVAILABLE']);
      expect(groupsOf(ada)).toEqual(['reader', 'member']);
      expect(await inbox.mailFor(ada.email)).toEqual([]);
      expect(await profileOf(ada)).toBeUndefined();
    },
  );

  it('a table that is slow', async () => {
    const ada = await someone();
    tableProxy.otherwise = async (answer) => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      return answer;
    };
    await deliver(ada, { AWS_ENDPOINT_URL_DYNAMODB: tableProxy.endpoint });
    const profile = await profileOf(ada);
    expect(groupsOf(ada)).toEqual(['reader', 'member']);
    expect((await inbox.mailFor(ada.email)).length).toBe(profile?.['welcome'] === 'due' ? 0 : 1);
  });
});
