/** What takes two places of `sign_in` to see: a method without its section, and a code that can be guessed. */

import type { LocatedIssue } from './issues.ts';
import { ACCEPTED_GUESSES_GOAL, acceptedGuessesPerHour, OTP_DEFAULTS } from './sign-in.ts';
import { list, type Mapping, mapping } from './untyped.ts';

export function signInIssues(signIn: Mapping): LocatedIssue[] {
  return [...linkIssues(signIn), ...guessIssues({ ...OTP_DEFAULTS, ...mapping(signIn['otp']) })];
}

function linkIssues(signIn: Mapping): LocatedIssue[] {
  const methods = [signIn, ...list(signIn['rules'])].flatMap((part) => list(mapping(part)['methods']));
  if (!methods.includes('magic_link') || Object.hasOwn(signIn, 'magic_link')) return [];
  return [
    {
      code: 'POLICY_MISSING_KEY',
      message: '`magic_link` is a method and has no section',
      hint: 'say where links may lead: `magic_link: { redirect_uris: ["https://..."] }`',
      path: ['sign_in'],
      atKey: true,
    },
  ];
}

/** Of numbers that the schema takes; it has its own word on others. */
function guessIssues({ digits, attempts }: Mapping): LocatedIssue[] {
  if (!isFrom(digits, 6, 12) || !isFrom(attempts, 1, 10)) return [];
  const accepted = acceptedGuessesPerHour({ digits, attempts });
  if (accepted < ACCEPTED_GUESSES_GOAL) return [];
  let fewer = attempts;
  // One attempt is few enough for six digits.
  while (acceptedGuessesPerHour({ digits, attempts: fewer }) >= ACCEPTED_GUESSES_GOAL) fewer--;
  return [
    {
      code: 'POLICY_GUESSABLE',
      message: `a code of ${digits} digits with ${attempts} attempts can be guessed ${accepted.toExponential(1)} times in an account-hour, which must be under ${ACCEPTED_GUESSES_GOAL}`,
      hint: `use \`digits: ${digits + 1}\`, or \`attempts: ${fewer}\``,
      path: ['sign_in', 'otp'],
      atKey: true,
    },
  ];
}

function isFrom(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}
