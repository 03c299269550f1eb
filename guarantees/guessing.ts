/** Somebody who wants into an account by guessing codes, in every way that `sandbox/guessing.ts` knows. */

import { simulateGuessing, STRATEGIES } from '../sandbox/guessing.ts';
import { compilePolicy } from '../shared/policy/compile.ts';
import { parsePolicy } from '../shared/policy/parse.ts';
import { ACCEPTED_GUESSES_GOAL } from '../shared/policy/sign-in.ts';
import type { Figure } from './figure.ts';

const HOURS = 24;

/** The defaults, and the weakest codes that a policy may have. */
const CODES = { 'the defaults': '{}', 'the weakest that builds': '{ digits: 6, attempts: 2 }' };

export async function guessingFigures(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, otp] of Object.entries(CODES)) {
    const policy = policyWith(otp);
    for (const strategy of Object.keys(STRATEGIES)) {
      const { worstHour, accepted, expectedAccepted } = await simulateGuessing(policy, {
        strategy,
        hours: HOURS,
      });
      figures.push({
        what: `${name}; ${strategy}`,
        measured: `${worstHour} guesses in the worst hour, ${expectedAccepted.toExponential(1)} expected to be accepted, ${accepted} were in ${HOURS} hours`,
        goal: `under ${ACCEPTED_GUESSES_GOAL.toExponential(0)} expected`,
        met: expectedAccepted < ACCEPTED_GUESSES_GOAL && worstHour > 0,
      });
    }
  }
  return figures;
}

function policyWith(otp: string) {
  const parsed = parsePolicy(
    `version: 1\nsign_in: { methods: [email_otp], otp: ${otp}, resend_after: 30s }\n`,
  );
  if (!parsed.ok) throw new Error('the policy of the simulation is not valid');
  return compilePolicy(parsed.policy);
}
