/**
 * Sign-in by code through the built functions: what they answer, write and log, and what is left when a service fails.
 * What comes next and what is right: test/unit/sign-in.test.ts; races, ends and who exists: guarantees/.
 */

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Invocation, LocalFunction } from '../../sandbox/lambda.ts';
import { auditOf } from '../support/bundles.ts';
import { type Answer, awsError, type Fault } from '../../sandbox/aws/proxy.ts';
import {
  eventOf,
  newKeys,
  type Person,
  responseOf,
  rotated,
  SECRET,
  SENDER,
  somebody,
  startSignIn,
} from '../support/sign-in.ts';
import { GENERIC, sampleEvent, withAttributes } from '../support/trigger-events.ts';

const { functions, wire, inbox, secrets, start, codesFor } = await startSignIn(`
version: 1
domains: { allow: [example.com] }
sign_in: { methods: [email_otp], resend_after: 30s }
`);

beforeEach(() => {
  for (const proxy of Object.values(wire)) {
    Object.assign(proxy, { otherwise: 'pass', next: [] });
    proxy.requests.length = 0;
    proxy.bodies.length = 0;
  }
});

// Each environment holds three clients: they would not all fit into memory.
afterEach(() => functions.stop());

const create = (fn: LocalFunction, person: Person, request: object = {}) =>
  fn.invoke(eventOf('create-auth-challenge/first', person, request));
const verify = (fn: LocalFunction, person: Person, created: Invocation, challengeAnswer: unknown) =>
  fn.invoke(
    eventOf('verify-auth-challenge/code', person, {
      challengeAnswer,
      privateChallengeParameters: responseOf(created)['privateChallengeParameters'],
    }),
  );
const lastCode = async ({ email }: Person) => (await codesFor(email)).at(-1) ?? '';
const wrong = (code: string, nth = 1) => String((Number(code) + nth) % 1e8).padStart(8, '0');
const RIGHT = { answerCorrect: true };

describe('a code', () => {
  it('is made, mailed, checked, and ends in tokens, with one audit line for each step', async () => {
    const ada = somebody();
    const [defines, creates, verifies] = [start('define'), start('create'), start('verify')];
    const first = await defines.invoke(eventOf('define-auth-challenge/first', ada));
    expect(responseOf(first)).toEqual({
      challengeName: 'CUSTOM_CHALLENGE',
      issueTokens: false,
      failAuthentication: false,
    });

    const created = await create(creates, ada);
    const code = await lastCode(ada);
    const [mail] = await inbox.mailFor(ada.email);
    expect(mail).toMatchObject({ from: SENDER, subject: 'Your sign-in code' });
    expect(responseOf(created)).toEqual({
      publicChallengeParameters: { challenge: 'EMAIL_OTP', digits: '8', resendAfter: '30' },
      privateChallengeParameters: {
        challenge: 'EMAIL_OTP',
        session: expect.stringMatching(/^[\w-]{22}$/),
        password: 'absent',
      },
      challengeMetadata: expect.stringMatching(/^EMAIL_OTP [\w-]{22}$/),
    });

    const missed = await verify(verifies, ada, created, wrong(code));
    expect(responseOf(missed)).toEqual({ answerCorrect: false });
    const hit = await verify(verifies, ada, created, code);
    expect(responseOf(hit)).toEqual(RIGHT);
    const { challengeMetadata } = responseOf(created);
    const session = [{ challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata }];
    const last = await defines.invoke(eventOf('define-auth-challenge/first', ada, { session }));
    expect(responseOf(last)).toMatchObject({ issueTokens: true, failAuthentication: false });

    const invocations = [first, created, missed, hit, last];
    expect(invocations.map(auditOf)).toMatchObject([
      { effect: 'allow', code: 'allowed', reason: 'CUSTOM_CHALLENGE' },
      {
        effect: 'allow',
        reason: 'mailed',
        sub: ada.userName,
        client: 'client1',
        pool: 'eu-west-1_AbCdEf123',
      },
      { effect: 'deny', code: 'sign_in_refused', reason: 'wrong' },
      { effect: 'allow', reason: 'right' },
      { effect: 'allow', reason: 'tokens' },
    ]);
    const lines = invocations.flatMap(({ logLines }) => logLines);
    expect(lines).toHaveLength(5);
    expect(lines.join('\n')).not.toMatch(new RegExp(`${code}|${wrong(code)}|@example`));
    // Nothing of it is in the table but hashes.
    expect(wire.table.bodies.join('\n')).not.toMatch(new RegExp(`${code}|${ada.userName}|@example`));
  });

  it('is compared with no more than its attempts of six wrong answers at once', async () => {
    const ada = somebody();
    const created = await create(start('create'), ada);
    const code = await lastCode(ada);
    // One event at a time in each environment, as in Lambda; and nobody writes before all have read the same.
    const environments = [1, 2, 3, 4, 5, 6].map(() => start('verify'));
    for (const each of environments) await verify(each, somebody(), created, code); // Loads the clients.
    const { promise: allHaveRead, resolve } = Promise.withResolvers<void>();
    let readers = 0;
    wire.table.next = environments.map(() => async (answer: Answer) => {
      if (++readers === environments.length) resolve();
      await allHaveRead;
      return answer;
    });
    const guesses = environments.map((each, nth) => verify(each, ada, created, wrong(code, nth + 1)));
    const reasons = (await Promise.all(guesses)).map((guess) => auditOf(guess)['reason']);
    const compared = reasons.filter((reason) => reason === 'wrong').length;
    expect(compared).toBeGreaterThanOrEqual(1);
    expect(compared).toBeLessThanOrEqual(3);
    for (const reason of reasons) expect(['wrong', 'attempts_spent', 'crowded']).toContain(reason);
    // Where some lost the race, the rest of the attempts is left; then the right code comes too late.
    const [again] = environments as [LocalFunction];
    for (let nth = compared; nth < 3; nth++) await verify(again, ada, created, wrong(code, nth + 7));
    expect(auditOf(await verify(again, ada, created, code))).toMatchObject({ reason: 'attempts_spent' });
  });
});

/** What AWS answers where all is well. */
const answering = (body: object): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(body),
});

describe('the keys', () => {
  it('are fetched once for many codes', async () => {
    const creates = start('create');
    for (const person of [somebody(), somebody()]) await create(creates, person);
    expect(wire.keys.requests).toEqual(['GetSecretValue']);
  });

  it('are rotated without anybody noticing, also where the old ones are still remembered', async () => {
    const [ada, bob] = [somebody(), somebody()];
    const verifies = start('verify');
    const before = await create(start('create'), ada);
    const old = await lastCode(ada);
    await verify(verifies, ada, before, wrong(old));
    const keys = JSON.parse(secrets[SECRET]?.['AWSCURRENT'] ?? '') as ReturnType<typeof newKeys>;
    secrets[SECRET] = { AWSCURRENT: JSON.stringify(rotated(keys)) };
    // Made with the new key, checked where only the old keys are known.
    const after = await create(start('create'), bob);
    expect(responseOf(await verify(verifies, bob, after, await lastCode(bob)))).toEqual(RIGHT);
    // Made with the old key, checked where only the new secret was ever seen.
    expect(responseOf(await verify(start('verify'), ada, before, old))).toEqual(RIGHT);
  });

  it('may be a parameter of SSM', async () => {
    const ada = somebody();
    const parameter = { OTP_KEY_ID: 'arn:aws:ssm:eu-west-1:123456789012:parameter/gatehouse/codes' };
    wire.keys.otherwise = answering({ Parameter: { Name: 'x', Value: JSON.stringify(newKeys()) } });
    const created = await create(start('create', parameter), ada);
    expect(wire.keys.requests).toEqual(['GetParameter']);
    expect(JSON.parse(wire.keys.bodies[0] ?? '')).toEqual({
      Name: parameter.OTP_KEY_ID,
      WithDecryption: true,
    });
    expect(responseOf(await verify(start('verify', parameter), ada, created, await lastCode(ada)))).toEqual(
      RIGHT,
    );
  });

  it.each([
    ['text', 'hunter2'],
    ['a short key', JSON.stringify({ ...newKeys(), names: 'aHVudGVyMg==' })],
  ])('that are %s are no keys: nobody signs in, and nothing of them is told', async (_, text) => {
    const ada = somebody();
    wire.keys.otherwise = answering({ ARN: SECRET, Name: 'x', SecretString: text });
    const { answer, logLines } = await create(start('create'), ada);
    expect(answer).toEqual({ ok: false, errorType: 'Error', errorMessage: GENERIC });
    expect(logLines.join('\n')).toContain('OTP_KEY_MALFORMED');
    expect(logLines.join('\n')).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(wire.table.requests).toEqual([]);
    expect(await codesFor(ada.email)).toEqual([]);
  });
});

/** The invocation and how long it took. */
async function timed(run: Promise<Invocation>): Promise<{ invocation: Invocation; ms: number }> {
  const from = performance.now();
  const invocation = await run;
  return { invocation, ms: performance.now() - from };
}

// What is refused, silent, throttled or lying: guarantees/failures.ts.
describe.each<[string, Fault]>([
  ['slow', 'trickle'],
  ['broken', { status: 500, body: 'no' }],
  ['talking nonsense', { status: 200, body: '<html>' }],
])('when a peer is %s', (_, fault) => {
  it.each(['keys', 'table'] as const)(
    'the %s: nothing is decided, in time, and nothing used up',
    async (peer) => {
      const [ada, bob] = [somebody(), somebody()];
      const created = await create(start('create'), ada);
      const code = await lastCode(ada);
      wire[peer].otherwise = fault;
      const refused = await Promise.all([
        timed(create(start('create'), bob)),
        timed(verify(start('verify'), ada, created, code)),
      ]);
      for (const { invocation, ms } of refused) {
        expect(invocation.answer).toEqual({ ok: false, errorType: 'Error', errorMessage: GENERIC });
        expect(invocation.logLines.join('\n')).not.toMatch(new RegExp(`${code}|@example`));
        expect(ms).toBeLessThan(4000);
      }
      expect(await codesFor(bob.email)).toEqual([]);
      wire[peer].otherwise = 'pass';
      expect(responseOf(await verify(start('verify'), ada, created, code))).toEqual(RIGHT);
    },
  );
});

describe('a mail that does not go', () => {
  it.each<[string, string, Fault]>([
    ['refused', 'mail_refused', awsError('MessageRejected')],
    ['taken or not, nobody knows', 'mail_unknown', 'trickle'],
  ])('(%s) changes nothing that is seen, and the log knows', async (_, reason, fault) => {
    const creates = start('create');
    await create(creates, somebody()); // Loads the clients, which a busy machine may take long for.
    wire.mail.otherwise = fault;
    const { invocation, ms } = await timed(create(creates, somebody()));
    expect(responseOf(invocation)).toMatchObject({
      publicChallengeParameters: { challenge: 'EMAIL_OTP', digits: '8', resendAfter: '30' },
    });
    expect(auditOf(invocation)).toMatchObject({ effect: 'allow', reason });
    expect(invocation.logLines.join('\n')).not.toContain('@example');
    expect(ms).toBeLessThan(4000);
  });
});

it.each([
  ['another client', { callerContext: { clientId: 'client3' } }],
  ['no client', { callerContext: {} }],
  ['no caller', { callerContext: undefined }],
])('%s is not governed: refused in so many words, and nobody is asked', async (_, change) => {
  const ada = somebody();
  const invoke = (step: 'define' | 'create' | 'verify', name: string) =>
    start(step).invoke({ ...eventOf(`${step}-auth-challenge/${name}`, ada), ...change });
  expect(responseOf(await invoke('define', 'code-right'))).toMatchObject({
    issueTokens: false,
    failAuthentication: true,
  });
  expect((await invoke('create', 'first')).answer).toMatchObject({ ok: false, errorMessage: GENERIC });
  expect(responseOf(await invoke('verify', 'code'))).toEqual({ answerCorrect: false });
  for (const { requests } of Object.values(wire)) expect(requests).toEqual([]);
});

it('MODE=observe checks answers as ever, and only counts the domain gate', async () => {
  const observe = { MODE: 'observe' };
  const eve = somebody('elsewhere.example');
  const [defines, creates, verifies] = [
    start('define', observe),
    start('create', observe),
    start('verify', observe),
  ];
  const created = await create(creates, eve);
  expect(auditOf(created)).toMatchObject({ effect: 'would_deny', code: 'domain_denied', reason: 'mailed' });
  const code = await lastCode(eve);
  expect(responseOf(await verify(verifies, eve, created, wrong(code)))).toEqual({ answerCorrect: false });
  expect(responseOf(await verify(verifies, eve, created, code))).toEqual(RIGHT);
  const session = [{ challengeName: 'SRP_A', challengeResult: false }];
  const failed = await defines.invoke(eventOf('define-auth-challenge/password-first', eve, { session }));
  expect(responseOf(failed)).toMatchObject({ issueTokens: false, failAuthentication: true });
  wire.table.otherwise = awsError('ThrottlingException');
  expect((await create(creates, somebody())).answer).toMatchObject({ ok: false, errorMessage: GENERIC });
});

describe('events', () => {
  it('come back with what is not ours untouched', async () => {
    const strange = { future: { a: [1] } };
    const event = { ...eventOf('define-auth-challenge/first', somebody(), strange), ...strange };
    const { answer } = await start('define').invoke(event);
    const response = { challengeName: 'CUSTOM_CHALLENGE', issueTokens: false, failAuthentication: false };
    expect(answer).toEqual({ ok: true, payload: { ...event, response } });
  });

  it.each<[string, 'define' | 'create' | 'verify', unknown]>([
    ['nothing', 'define', null],
    ['another trigger', 'define', sampleEvent('pre-sign-up/sign-up')],
    ['another trigger', 'verify', sampleEvent('define-auth-challenge/first')],
    [
      'a session that is text',
      'define',
      eventOf('define-auth-challenge/first', somebody(), { session: 'x' }),
    ],
    [
      'another challenge',
      'create',
      eventOf('create-auth-challenge/first', somebody(), { challengeName: 'PASSWORD_VERIFIER' }),
    ],
    [
      'a session to which nothing leads',
      'create',
      eventOf('create-auth-challenge/first', somebody(), {
        session: [{ challengeName: 'SRP_A', challengeResult: true }],
      }),
    ],
    ['no user', 'verify', { ...eventOf('verify-auth-challenge/code', somebody()), userName: undefined }],
  ])('%s (%s): refused, and nothing is said of it', async (_, step, event) => {
    const { answer, logLines } = await start(step).invoke(event);
    expect(answer).toEqual({ ok: false, errorType: 'Error', errorMessage: GENERIC });
    expect(logLines.join('\n')).toContain('EVENT_INVALID');
    expect(logLines.join('\n')).not.toContain('@example');
  });

  it('whose `userNotFound` is anything but a plain no are about nobody, and without attributes nobody is mailed', async () => {
    const people = [somebody(), somebody(), somebody(), somebody(), somebody()] as const;
    const requests = [
      ...[true, 'false', 0].map((userNotFound) => ({ userNotFound })),
      { userAttributes: null },
      withAttributes(eventOf('create-auth-challenge/first', people[4]), { email: null }).request,
    ];
    const asked = await Promise.all(
      people.map((person, nth) => create(start('create'), person, requests[nth] ?? {})),
    );
    expect(asked.map((each) => auditOf(each))).toMatchObject([
      { effect: 'deny', reason: 'user_unknown' },
      { effect: 'deny', reason: 'user_unknown' },
      { effect: 'deny', reason: 'user_unknown' },
      { effect: 'deny', reason: 'user_unconfirmed' },
      { effect: 'deny', code: 'email_missing' },
    ]);
    expect(wire.mail.requests).toEqual([]);
  });
});

it.each([
  ['create', 'TABLE_NAME'],
  ['create', 'OTP_KEY_ID'],
  ['create', 'MAIL_FROM'],
  ['verify', 'TABLE_NAME'],
  ['verify', 'OTP_KEY_ID'],
  ['define', 'APP_CLIENT_IDS'],
] as const)('%s does not start without %s', async (step, variable) => {
  const { answer } = await start(step, { [variable]: '' }).invoke({});
  expect(answer).toMatchObject({
    ok: false,
    errorType: 'ConfigError',
    errorMessage: expect.stringMatching(new RegExp(`^${variable} is missing`)),
  });
});
