import { describe, expect, it } from '@jest/globals';
import {
  ACCEPTED_GUESSES_GOAL,
  acceptedGuessesPerHour,
  guessesInARow,
  signInPlan,
} from '../../shared/policy/sign-in.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { compiled } from '../support/policy.ts';

const compiledSignIn = (text: string) => compiled(`version: 1\nsign_in: ${text}`).signIn;

describe('what a policy asks of a sign-in', () => {
  const signIn = compiledSignIn(`
    methods: [email_otp, magic_link]
    magic_link: { redirect_uris: ["https://app.example.com/in"] }
    rules:
      - { clients: [kiosk], methods: [email_otp], after_srp: true }
      - { domains: [example.com, "*.Example.com"], clients: [web], methods: [magic_link], after_srp: true }
      - { domains: [example.com], methods: [magic_link] }`);

  it.each<[string | null, string | null, string[], boolean]>([
    ['kiosk', 'example.com', ['email_otp'], true],
    ['kiosk', null, ['email_otp'], true],
    ['web', 'example.com', ['magic_link'], true],
    ['web', 'a.example.com', ['magic_link'], true],
    ['app', 'example.com', ['magic_link'], false],
    ['app', 'a.example.com', ['email_otp', 'magic_link'], false],
    ['web', 'other.org', ['email_otp', 'magic_link'], false],
    ['web', null, ['email_otp', 'magic_link'], false],
    [null, 'example.com', ['magic_link'], false],
    [null, null, ['email_otp', 'magic_link'], false],
  ])('client %p, domain %p: %j, after the password: %p', (client, domain, methods, afterSrp) => {
    expect(signIn && signInPlan(signIn, client, domain)).toMatchObject({ methods, afterSrp });
  });

  it('is compiled with what it does not say', () => {
    expect(compiledSignIn('{ methods: [email_otp] }')).toEqual({
      methods: ['email_otp'],
      otp: { digits: 8, ttlSeconds: 300, attempts: 3 },
      resendAfterSeconds: 60,
      rules: [],
    });
    expect(signIn?.magicLink).toEqual({
      ttlSeconds: 600,
      redirectUris: ['https://app.example.com/in'],
      sameBrowser: false,
    });
  });
});

describe('how often a code can be guessed', () => {
  it.each([
    [8, 3, 1e-7],
    [6, 2, 8e-6],
    [6, 3, 1e-5],
    [7, 10, 2.4e-6],
  ])('%i digits, %i attempts: %d in an account-hour', (digits, attempts, accepted) => {
    expect(acceptedGuessesPerHour({ digits, attempts })).toBeCloseTo(accepted, 12);
    expect(guessesInARow({ attempts })).toBe(2 * attempts);
  });

  it('is under the goal for every policy that can be built', () => {
    for (let digits = 6; digits <= 12; digits++) {
      for (let attempts = 1; attempts <= 10; attempts++) {
        const build = () =>
          compiledSignIn(`{ methods: [email_otp], otp: ${JSON.stringify({ digits, attempts })} }`);
        if (acceptedGuessesPerHour({ digits, attempts }) < ACCEPTED_GUESSES_GOAL) expect(build).not.toThrow();
        else expect(build).toThrow('POLICY_GUESSABLE');
      }
    }
  });

  const issuesOf = (otp: object) => {
    const parsed = parsePolicy(JSON.stringify({ version: 1, sign_in: { methods: ['email_otp'], otp } }));
    return parsed.ok ? [] : parsed.issues;
  };

  it.each([
    [
      { digits: 6 },
      '6 digits with 3 attempts can be guessed 1.0e-5 times',
      'use `digits: 7`, or `attempts: 2`',
    ],
    [
      { digits: 6, attempts: 10 },
      '6 digits with 10 attempts can be guessed 2.4e-5 times',
      'use `digits: 7`, or `attempts: 2`',
    ],
  ])('is said of %j, with what is enough', (otp, message, hint) => {
    expect(issuesOf(otp)).toMatchObject([
      { code: 'POLICY_GUESSABLE', message: expect.stringContaining(message), hint },
    ]);
  });

  it.each([
    [{ digits: 5 }],
    [{ digits: 6, attempts: 11 }],
    [{ digits: '6' }],
    [{ digits: 6, attempts: '3' }],
  ])('is not said of %j, which is no setting at all', (otp) => {
    expect(issuesOf(otp).map(({ code }) => code)).toEqual([expect.stringMatching(/^POLICY_(VALUE|TYPE)$/)]);
  });
});
