/** What a policy asks of a sign-in by custom challenge: by which methods, and how often somebody may guess or ask. */

import type { CompiledSignIn, SignInMethod } from './artefact.ts';
import { domainMatches } from './domain.ts';

/** By what a user may sign in through a client; the caller may choose among `methods`, and nothing else. */
export interface SignInPlan {
  methods: readonly SignInMethod[];
  /** The password comes first. */
  afterSrp: boolean;
}

/** What a code is when the policy does not say. */
export const OTP_DEFAULTS = { digits: 8, ttl: '5m', attempts: 3 } as const;

/** A guess, and a mail, comes back after so long: nobody is locked out for longer. */
export const BACK_AFTER_SECONDS = 15 * 60;

/** Mails in a row; with one back every quarter of an hour at most nine in any hour. */
export const MAILS_IN_A_ROW = 5;

const BACK_IN_AN_HOUR = 3600 / BACK_AFTER_SECONDS;

/** Expected accepted guesses of somebody who does nothing else, for one account in one hour: less than this. */
export const ACCEPTED_GUESSES_GOAL = 1e-5;

/** The first rule that is for the client and the domain; without one, the section's own methods. */
export function signInPlan(
  { rules, methods }: CompiledSignIn,
  client: string | null,
  domain: string | null,
): SignInPlan {
  const rule = rules.find(
    ({ clients, domains }) =>
      (!clients || (client !== null && clients.includes(client))) &&
      (!domains || (domain !== null && domainMatches(domains, domain))),
  );
  return rule ?? { methods, afterSrp: false };
}

/** Wrong guesses that an account has in a row, over all its codes and sessions: two codes' worth. */
export function guessesInARow({ attempts }: { attempts: number }): number {
  return 2 * attempts;
}

/**
 * Expected accepted guesses in an account-hour: the most that anybody can make, each right with one chance in all
 * codes. A code's own limit and life, and the limit of mails, only make it less.
 */
export function acceptedGuessesPerHour(otp: { digits: number; attempts: number }): number {
  return (guessesInARow(otp) + BACK_IN_AN_HOUR) / 10 ** otp.digits;
}
