import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SignInMethod } from '../../shared/policy/artefact.ts';
import type { Choice } from '../../shared/sign-in/request.ts';
import {
  type Circumstances,
  methodFor,
  nextStep,
  readSession,
  type Session,
  type SessionEntry,
} from '../../shared/sign-in/session.ts';
import { compiled } from '../support/policy.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const { signIn } = compiled(`
version: 1
sign_in:
  methods: [email_otp, magic_link]
  otp: { attempts: 3 }
  magic_link: { redirect_uris: ["https://app.example.com/in"] }`);
if (!signIn) throw new Error('no sign_in');

const CHOICE: Choice = { method: null, hasLink: false };
const circumstances = (
  change: Partial<Circumstances> & { refused?: boolean; mustSetPassword?: boolean } = {},
) => {
  const { refused = false, mustSetPassword = false, ...rest } = change;
  return {
    subject: {
      address: null,
      domain: null,
      refusal: refused ? ('user_unknown' as const) : null,
      observed: null,
      mustSetPassword,
    },
    signIn,
    plan: { methods: ['email_otp', 'magic_link'] as const, afterSrp: false },
    choice: CHOICE,
    redirectUri: null,
    ...rest,
  };
};

/** `SRP_A`, `PASSWORD_VERIFIER!` (wrong), `otp`, `link!`, `choice!`: the short form of a session. */
function entries(text: string): SessionEntry[] {
  return text.split(' ').flatMap((word) => {
    if (word === '') return [];
    const name = word.replace('!', '');
    const kind = { otp: 'EMAIL_OTP', link: 'MAGIC_LINK', choice: 'PROVIDE_AUTH_PARAMETERS' }[name];
    return {
      challengeName: kind === undefined ? name : 'CUSTOM_CHALLENGE',
      challengeResult: !word.endsWith('!'),
      challengeMetadata: kind === undefined ? null : `${kind} ${ID}`,
    };
  });
}

const stepOf = (session: string, change: Parameters<typeof circumstances>[0] = {}) => {
  const step = nextStep(readSession(entries(session)), circumstances(change));
  return step.next === 'fail' ? step.reason : step.next;
};

const plan = (methods: SignInMethod[], afterSrp = false) => ({ plan: { methods, afterSrp } });
const PASSWORD = 'SRP_A PASSWORD_VERIFIER';

describe('the define step', () => {
  it.each([
    // Without a password.
    ['', {}, 'CUSTOM_CHALLENGE'],
    ['choice!', {}, 'CUSTOM_CHALLENGE'],
    ['otp!', {}, 'CUSTOM_CHALLENGE'],
    ['otp! otp!', {}, 'CUSTOM_CHALLENGE'],
    ['otp! otp! otp!', {}, 'answer_wrong'],
    ['choice! otp! otp!', {}, 'CUSTOM_CHALLENGE'],
    ['choice! otp! otp! otp!', {}, 'answer_wrong'],
    ['otp', {}, 'tokens'],
    ['choice! otp! otp', {}, 'tokens'],
    ['choice! link', {}, 'tokens'],
    ['choice! link!', {}, 'answer_wrong'],
    // A link opened in another browser answers the first round.
    ['choice', {}, 'tokens'],
    ['choice!', { choice: { method: 'magic_link', hasLink: true } }, 'answer_wrong'],
    // What the policy does not give.
    ['otp', plan(['magic_link']), 'method_not_allowed'],
    ['choice! link', plan(['email_otp']), 'method_not_allowed'],
    ['choice', plan(['email_otp']), 'method_not_allowed'],
    [
      'choice!',
      { ...plan(['magic_link']), choice: { method: 'email_otp', hasLink: false } },
      'method_not_allowed',
    ],
    ['choice!', { choice: { method: 'other', hasLink: false } }, 'method_not_allowed'],
    ['choice!', { choice: { method: 'magic_link', hasLink: false } }, 'CUSTOM_CHALLENGE'],
    [
      'choice!',
      { choice: { method: 'magic_link', hasLink: false }, redirectUri: 'https://evil.example/in' },
      'redirect_uri_not_listed',
    ],
    [
      'choice!',
      { choice: { method: 'magic_link', hasLink: false }, redirectUri: 'https://app.example.com/in/' },
      'redirect_uri_not_listed',
    ],
    // The password first, where the client begins so.
    ['SRP_A', {}, 'PASSWORD_VERIFIER'],
    ['SRP_A!', {}, 'session_malformed'],
    [PASSWORD, {}, 'CUSTOM_CHALLENGE'],
    ['SRP_A PASSWORD_VERIFIER!', {}, 'session_malformed'],
    [`${PASSWORD} otp`, {}, 'tokens'],
    [`${PASSWORD} SOFTWARE_TOKEN_MFA`, {}, 'CUSTOM_CHALLENGE'],
    [`${PASSWORD} SMS_MFA otp`, {}, 'tokens'],
    [`${PASSWORD} EMAIL_OTP otp`, {}, 'tokens'],
    [`${PASSWORD} SMS_MFA! otp`, {}, 'session_malformed'],
    // SRP_A proves nothing, and neither does a second factor of Cognito's.
    ['SRP_A otp', {}, 'session_malformed'],
    ['SRP_A SMS_MFA', {}, 'session_malformed'],
    ['PASSWORD_VERIFIER', {}, 'session_malformed'],
    ['PASSWORD_VERIFIER SRP_A otp', {}, 'session_malformed'],
    ['SMS_MFA', {}, 'session_malformed'],
    ['EMAIL_OTP', {}, 'session_malformed'],
    ['ADMIN_NO_SRP_AUTH', {}, 'session_malformed'],
    ['NEW_PASSWORD_REQUIRED', {}, 'session_malformed'],
    ['WEB_AUTHN otp', {}, 'session_malformed'],
    [`otp! ${PASSWORD}`, {}, 'session_malformed'],
    [`${PASSWORD} otp SMS_MFA`, {}, 'session_malformed'],
    // Where the policy asks for the password.
    ['', plan(['email_otp'], true), 'password_missing'],
    ['otp', plan(['email_otp'], true), 'password_missing'],
    ['choice', plan(['magic_link'], true), 'password_missing'],
    ['SRP_A', plan(['email_otp'], true), 'PASSWORD_VERIFIER'],
    [PASSWORD, plan(['email_otp'], true), 'CUSTOM_CHALLENGE'],
    [`${PASSWORD} otp`, plan(['email_otp'], true), 'tokens'],
    [`${PASSWORD} choice! link`, plan(['magic_link'], true), 'tokens'],
    // An administrator asks for a new password: only behind the old one.
    ['SRP_A', { mustSetPassword: true, refused: true }, 'PASSWORD_VERIFIER'],
    [PASSWORD, { mustSetPassword: true, refused: true }, 'NEW_PASSWORD_REQUIRED'],
    [`${PASSWORD} SMS_MFA`, { mustSetPassword: true, refused: true }, 'NEW_PASSWORD_REQUIRED'],
    [`${PASSWORD} NEW_PASSWORD_REQUIRED`, {}, 'CUSTOM_CHALLENGE'],
    [`${PASSWORD} NEW_PASSWORD_REQUIRED!`, {}, 'session_malformed'],
    ['', { mustSetPassword: true, refused: true }, 'CUSTOM_CHALLENGE'],
    ['otp', { mustSetPassword: true, refused: true }, 'user_refused'],
    // Who may not sign in sees what everybody sees, and gets nothing.
    ['', { refused: true }, 'CUSTOM_CHALLENGE'],
    ['otp!', { refused: true }, 'CUSTOM_CHALLENGE'],
    ['otp! otp! otp!', { refused: true }, 'answer_wrong'],
    ['otp', { refused: true }, 'user_refused'],
    [`${PASSWORD} otp`, { refused: true }, 'user_refused'],
    // A remembered device is no proof, and no obstacle.
    ['DEVICE_SRP_AUTH DEVICE_PASSWORD_VERIFIER', {}, 'CUSTOM_CHALLENGE'],
    [`${PASSWORD} DEVICE_SRP_AUTH DEVICE_PASSWORD_VERIFIER otp`, {}, 'tokens'],
    ['otp DEVICE_SRP_AUTH DEVICE_PASSWORD_VERIFIER', {}, 'tokens'],
    ['otp! DEVICE_SRP_AUTH', {}, 'CUSTOM_CHALLENGE'],
    ['otp DEVICE_PASSWORD_VERIFIER!', {}, 'session_malformed'],
    ['SRP_A DEVICE_SRP_AUTH', {}, 'PASSWORD_VERIFIER'],
    // Sessions to which no step of ours leads.
    ['choice! choice!', {}, 'session_malformed'],
    ['otp! choice!', {}, 'session_malformed'],
    ['otp otp!', {}, 'session_malformed'],
    ['choice! link! otp', {}, 'session_malformed'],
    ['CUSTOM_CHALLENGE', {}, 'session_malformed'],
  ] as [string, Parameters<typeof circumstances>[0], string][])('[%s] %j: %s', (session, change, next) => {
    expect(stepOf(session, change)).toBe(next);
  });

  it.each([
    null,
    '',
    'EMAIL_OTP',
    `EMAIL_OTP ${ID}x`,
    `FIDO2 ${ID}`,
    `EMAIL_OTP ${ID}\n`,
    ` EMAIL_OTP ${ID}`,
  ])('takes no right answer to a challenge that is not ours: %p', (challengeMetadata) => {
    const session = readSession([
      { challengeName: 'CUSTOM_CHALLENGE', challengeResult: true, challengeMetadata },
    ]);
    expect(nextStep(session, circumstances())).toEqual({ next: 'fail', reason: 'session_malformed' });
  });
});

describe('no session ends in tokens without what the policy asks for', () => {
  const names = [
    'SRP_A',
    'PASSWORD_VERIFIER',
    'SMS_MFA',
    'EMAIL_OTP',
    'SOFTWARE_TOKEN_MFA',
    'NEW_PASSWORD_REQUIRED',
  ].concat(['ADMIN_NO_SRP_AUTH', 'DEVICE_SRP_AUTH', 'DEVICE_PASSWORD_VERIFIER', 'CUSTOM_CHALLENGE']);
  const metadata = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .constantFrom('PROVIDE_AUTH_PARAMETERS', 'EMAIL_OTP', 'MAGIC_LINK')
        .map((kind) => `${kind} ${ID}`),
    },
    { weight: 1, arbitrary: fc.constantFrom(null, '', 'EMAIL_OTP', 'x') },
  );
  const anyEntry = fc.record({
    challengeName: fc.constantFrom(...names),
    challengeResult: fc.boolean(),
    challengeMetadata: metadata,
  });
  // Anything, and sessions that begin well, so that both outcomes are common.
  const anySession = fc.oneof(
    fc.array(anyEntry, { maxLength: 7 }),
    fc
      .tuple(
        fc.constantFrom('', PASSWORD, `${PASSWORD} SMS_MFA`),
        fc.constantFrom('', 'choice! ', 'otp! ', 'choice! otp! '),
        fc.constantFrom('otp', 'link', 'choice', 'otp!'),
        fc.array(anyEntry, { maxLength: 1 }),
      )
      .map(([password, rounds, last, more]) => [...entries(`${password} ${rounds}${last}`), ...more]),
  );
  const anyCircumstances = fc
    .record({
      methods: fc.constantFrom<SignInMethod[][]>(['email_otp'], ['magic_link'], ['email_otp', 'magic_link']),
      afterSrp: fc.boolean(),
      refused: fc.boolean(),
      mustSetPassword: fc.boolean(),
      hasLink: fc.boolean(),
      method: fc.constantFrom('email_otp' as const, 'magic_link' as const, 'other' as const, null),
    })
    .map(({ methods, afterSrp, refused, mustSetPassword, hasLink, method }) => ({
      ...plan(methods, afterSrp),
      choice: { method, hasLink },
      refused,
      mustSetPassword,
    }));

  it('a true answer to a challenge of ours at the end, by an allowed method, behind the password if it is asked for', () => {
    let tokens = 0;
    fc.assert(
      fc.property(anySession, anyCircumstances, (session, change) => {
        const step = nextStep(readSession(session), circumstances(change));
        if (step.next !== 'tokens') return;
        tokens++;
        const steps = session.filter(({ challengeName }) => !challengeName.startsWith('DEVICE_'));
        const last = steps.at(-1);
        expect(last?.challengeName).toBe('CUSTOM_CHALLENGE');
        expect(last?.challengeResult).toBe(true);
        const method = last?.challengeMetadata?.startsWith('EMAIL_OTP ') ? 'email_otp' : 'magic_link';
        expect(last?.challengeMetadata).toMatch(/^(?:EMAIL_OTP|MAGIC_LINK|PROVIDE_AUTH_PARAMETERS) A{22}$/);
        expect(change.plan.methods).toContain(method);
        expect(change.refused).toBe(false);
        // One right answer, the last; whatever else Cognito asked has gone well.
        expect(
          steps.filter((entry) => entry.challengeName === 'CUSTOM_CHALLENGE' && entry.challengeResult),
        ).toHaveLength(1);
        expect(
          steps.every((entry) => entry.challengeName === 'CUSTOM_CHALLENGE' || entry.challengeResult),
        ).toBe(true);
        const begins = steps.slice(0, 2).map(({ challengeName }) => challengeName);
        if (change.plan.afterSrp || steps[0]?.challengeName === 'SRP_A')
          expect(begins).toEqual(['SRP_A', 'PASSWORD_VERIFIER']);
      }),
      { numRuns: 20_000 },
    );
    // A theorem about nothing would hold as well.
    expect(tokens).toBeGreaterThan(500);
  });

  it('every session comes to an end', () => {
    fc.assert(
      fc.property(
        anyCircumstances,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        (change, answers) => {
          const session: SessionEntry[] = [];
          for (const challengeResult of answers) {
            const read = readSession(session) as Session;
            const step = nextStep(read, circumstances(change));
            if (step.next === 'tokens' || step.next === 'fail') return;
            if (step.next !== 'CUSTOM_CHALLENGE') throw new Error(`unexpected ${step.next}`);
            const last = read.rounds.at(-1);
            const method =
              last?.kind === 'EMAIL_OTP' ? 'email_otp' : methodFor(change.plan, read, change.choice);
            const kind = { email_otp: 'EMAIL_OTP', magic_link: 'MAGIC_LINK', ask: 'PROVIDE_AUTH_PARAMETERS' }[
              String(method)
            ];
            session.push({
              challengeName: 'CUSTOM_CHALLENGE',
              challengeResult,
              challengeMetadata: `${kind} ${ID}`,
            });
          }
          throw new Error(`still going on after ${JSON.stringify(session)}`);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('what a round is for', () => {
  const first: Session = { password: 'absent', newPassword: false, rounds: [] };
  const second: Session = { ...first, rounds: [{ kind: 'PROVIDE_AUTH_PARAMETERS', id: ID, correct: false }] };
  const says = (method: Choice['method'], hasLink = false) => ({ method, hasLink });

  it.each<[string[], 'first' | 'second', Choice, string | null]>([
    [['email_otp'], 'first', says(null), 'email_otp'],
    [['magic_link'], 'first', says(null), 'ask'],
    [['email_otp', 'magic_link'], 'first', says(null), 'ask'],
    [['email_otp', 'magic_link'], 'second', says(null), 'email_otp'],
    [['magic_link', 'email_otp'], 'second', says(null), 'magic_link'],
    [['magic_link', 'email_otp'], 'second', says('email_otp'), 'email_otp'],
    [['email_otp'], 'second', says('magic_link'), null],
    [['email_otp'], 'first', says('other'), null],
    // Behind a password metadata comes with the first round, and with it a link that is there already.
    [['email_otp', 'magic_link'], 'first', says('magic_link'), 'magic_link'],
    [['email_otp', 'magic_link'], 'first', says('magic_link', true), 'ask'],
    [['email_otp'], 'first', says('magic_link', true), null],
  ])('%j in the %s round, %j: %p', (methods, round, choice, method) => {
    const allowed = plan(methods as SignInMethod[]).plan;
    expect(methodFor(allowed, round === 'first' ? first : second, choice)).toBe(method);
  });
});
