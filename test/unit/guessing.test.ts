import { describe, expect, it } from '@jest/globals';
import { simulateGuessing, STRATEGIES } from '../../sandbox/guessing.ts';
import type { Artefact } from '../../shared/policy/artefact.ts';
import { ACCEPTED_GUESSES_GOAL, guessesInARow } from '../../shared/policy/sign-in.ts';
import { compiled } from '../support/policy.ts';

const policyOf = (otp: string) =>
  compiled(`version: 1\nsign_in: { methods: [email_otp], otp: ${otp}, resend_after: 30s }`);
/** Codes so short that no policy can have them, to see guesses come true. */
const withDigits = (policy: Artefact, digits: number): Artefact => {
  if (!policy.signIn) throw new Error('no sign_in');
  return { ...policy, signIn: { ...policy.signIn, otp: { ...policy.signIn.otp, digits } } };
};
/** A small generator with a seed (mulberry32), so that a run can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe.each([
  ['the defaults', '{}'],
  ['the weakest that builds', '{ digits: 6, attempts: 2 }'],
  ['many attempts', '{ digits: 7, attempts: 10 }'],
])('somebody who guesses, with %s', (_, otp) => {
  const policy = policyOf(otp);
  const { digits, attempts } = policy.signIn?.otp ?? { digits: 0, attempts: 0 };

  it.each(Object.keys(STRATEGIES))('%s', async (strategy) => {
    const result = await simulateGuessing(policy, { strategy, hours: 2, random: seeded(1) });
    expect(result.guesses).toBeGreaterThan(0);
    expect(result.worstHour).toBeLessThanOrEqual(guessesInARow({ attempts }) + 4);
    expect(result.bound).toBe((guessesInARow({ attempts }) + 4) / 10 ** digits);
    expect(result.expectedAccepted).toBeLessThanOrEqual(result.bound);
    expect(result.bound).toBeLessThan(ACCEPTED_GUESSES_GOAL);
  });

  it('gets at what the sum says with one of them: it is no idle bound', async () => {
    const worst = await Promise.all(
      Object.keys(STRATEGIES).map((strategy) =>
        simulateGuessing(policy, { strategy, hours: 2, random: seeded(2) }),
      ),
    );
    expect(Math.max(...worst.map(({ worstHour }) => worstHour))).toBeGreaterThanOrEqual(
      guessesInARow({ attempts }) + 3,
    );
  });
});

it('a guess is right as often as chance has it', async () => {
  const policy = withDigits(policyOf('{ attempts: 10 }'), 2);
  const strategy = 'all that is to be had once an hour';
  const { guesses, accepted } = await simulateGuessing(policy, { strategy, hours: 600, random: seeded(3) });
  // A binomial distribution; five times its deviation.
  const deviation = Math.sqrt(guesses * 0.01 * 0.99);
  expect(guesses).toBeGreaterThan(2000);
  expect(Math.abs(accepted - guesses * 0.01)).toBeLessThan(5 * deviation);
});
