/**
 * What comes next in a session of custom authentication. Pure: it sees what Cognito lists of the session, and what the
 * policy asks of this user and client. Tokens are issued behind one entry only: a challenge of ours, answered
 * rightly, at the end of a session that began as the policy asks (contracts B7).
 */

import type { SignInMethod } from '../policy/artefact.ts';
import type { SignInPlan } from '../policy/sign-in.ts';
import { redirectUriFor } from './link.ts';
import type { Choice, SignInRequest } from './request.ts';

/** An element of `request.session`. */
export interface SessionEntry {
  challengeName: string;
  challengeResult: boolean;
  challengeMetadata: string | null;
}

/** What a round of ours asks for; `PROVIDE_AUTH_PARAMETERS` lets the client say which method it wants. */
export type ChallengeKind = 'PROVIDE_AUTH_PARAMETERS' | 'EMAIL_OTP' | 'MAGIC_LINK';

/** A challenge of ours, as its metadata tells it: the kind, and the id under which it was made. */
export interface Round {
  kind: ChallengeKind;
  id: string;
  correct: boolean;
}

export interface Session {
  /** By SRP, which Cognito judges: `asked` before the password has come. */
  password: 'absent' | 'asked' | 'proven';
  /** A new password was set in this session. */
  newPassword: boolean;
  rounds: readonly Round[];
}

export type Step =
  | { next: 'PASSWORD_VERIFIER' | 'NEW_PASSWORD_REQUIRED' | 'CUSTOM_CHALLENGE' | 'tokens' }
  | { next: 'fail'; reason: FailReason };

export type FailReason =
  | 'session_malformed'
  | 'password_missing'
  | 'method_not_allowed'
  | 'redirect_uri_not_listed'
  | 'answer_wrong'
  | 'user_refused';

/** What may stand between the password and our challenge: Cognito's own steps, each of which must have gone well. */
const AFTER_PASSWORD = ['SMS_MFA', 'EMAIL_OTP', 'SOFTWARE_TOKEN_MFA', 'NEW_PASSWORD_REQUIRED'];
const DEVICE_STEPS = ['DEVICE_SRP_AUTH', 'DEVICE_PASSWORD_VERIFIER'];

const PROVES = {
  EMAIL_OTP: 'email_otp',
  MAGIC_LINK: 'magic_link',
  PROVIDE_AUTH_PARAMETERS: 'magic_link',
} as const;

/** Null for a session to which these functions do not lead, in whatever way it differs. */
export function readSession(entries: readonly SessionEntry[]): Session | null {
  // A remembered device is no proof of anybody, and where Cognito lists it is not documented.
  const device = entries.filter(({ challengeName }) => DEVICE_STEPS.includes(challengeName));
  const steps = entries.filter((entry) => !device.includes(entry));
  const first = steps.findIndex(({ challengeName }) => challengeName === 'CUSTOM_CHALLENGE');
  const before = first === -1 ? steps : steps.slice(0, first);
  const rounds = steps.slice(before.length).map(readRound);
  if (![...before, ...device].every(({ challengeResult }) => challengeResult)) return null;
  const password = passwordOf(before.map(({ challengeName }) => challengeName));
  if (password === null || rounds.includes(null) || (password === 'asked' && rounds.length > 0)) return null;
  const newPassword = before.some(({ challengeName }) => challengeName === 'NEW_PASSWORD_REQUIRED');
  const session = { password, newPassword, rounds: rounds.filter((round) => round !== null) };
  return isInOrder(session.rounds) ? session : null;
}

function readRound({ challengeName, challengeResult, challengeMetadata }: SessionEntry): Round | null {
  if (challengeName !== 'CUSTOM_CHALLENGE') return null;
  const [, kind, id] =
    /^(PROVIDE_AUTH_PARAMETERS|EMAIL_OTP|MAGIC_LINK) ([\w-]{22})$/.exec(challengeMetadata ?? '') ?? [];
  if (kind === undefined || id === undefined) return null;
  return { kind: kind as ChallengeKind, id, correct: challengeResult };
}

function passwordOf(names: readonly string[]): Session['password'] | null {
  const [srp, verifier, ...rest] = names;
  if (srp === undefined) return 'absent';
  if (srp !== 'SRP_A') return null;
  if (verifier === undefined) return 'asked';
  return verifier === 'PASSWORD_VERIFIER' && rest.every((name) => AFTER_PASSWORD.includes(name))
    ? 'proven'
    : null;
}

/** A choice comes first or not at all; behind a right answer, and behind a wrong link, nothing comes. */
function isInOrder(rounds: readonly Round[]): boolean {
  return rounds.every(({ kind, correct }, index) => {
    const isLast = index === rounds.length - 1;
    return (
      (kind !== 'PROVIDE_AUTH_PARAMETERS' || index === 0) && (isLast || (!correct && kind !== 'MAGIC_LINK'))
    );
  });
}

/** What a step depends on beside the session. */
export type Circumstances = Pick<SignInRequest, 'subject' | 'signIn' | 'plan' | 'choice' | 'redirectUri'>;

export function nextStep(session: Session | null, circumstances: Circumstances): Step {
  const { plan, subject } = circumstances;
  if (session === null) return fail('session_malformed');
  if (session.password === 'asked') return { next: 'PASSWORD_VERIFIER' };
  if (plan.afterSrp && session.password !== 'proven') return fail('password_missing');
  if (subject.mustSetPassword && session.password === 'proven' && !session.newPassword)
    return { next: 'NEW_PASSWORD_REQUIRED' };
  const last = session.rounds.at(-1);
  if (!last?.correct) return afterWrong(session, circumstances);
  if (!plan.methods.includes(PROVES[last.kind])) return fail('method_not_allowed');
  return subject.refusal !== null ? fail('user_refused') : { next: 'tokens' };
}

/** Another round, if there is one to be had. */
function afterWrong(session: Session, circumstances: Circumstances): Step {
  const { plan, signIn, choice } = circumstances;
  const last = session.rounds.at(-1);
  if (last?.kind === 'MAGIC_LINK') return fail('answer_wrong');
  if (last?.kind === 'PROVIDE_AUTH_PARAMETERS' && choice.hasLink) return fail('answer_wrong');
  if (last?.kind === 'EMAIL_OTP') {
    const asked = session.rounds.filter(({ kind }) => kind === 'EMAIL_OTP').length;
    return asked < signIn.otp.attempts ? { next: 'CUSTOM_CHALLENGE' } : fail('answer_wrong');
  }
  const method = methodFor(plan, session, choice);
  if (method === null) return fail('method_not_allowed');
  if (method === 'magic_link' && redirectUriFor(circumstances) === null)
    return fail('redirect_uri_not_listed');
  return { next: 'CUSTOM_CHALLENGE' };
}

/**
 * What a new round is for. Metadata cannot come with the call that begins a session (contracts B2): where there is
 * something to say, the first round only asks for it. Null: the client wants what it may not have.
 */
export function methodFor(
  { methods }: SignInPlan,
  { rounds }: Session,
  { method, hasLink }: Choice,
): SignInMethod | 'ask' | null {
  // Who has a link needs a round to answer with it, and no other mail.
  if (hasLink && rounds.length === 0) return methods.includes('magic_link') ? 'ask' : null;
  if (method !== null) return method !== 'other' && methods.includes(method) ? method : null;
  if (rounds.length > 0) return methods[0] ?? null;
  return methods.length === 1 && methods[0] === 'email_otp' ? 'email_otp' : 'ask';
}

function fail(reason: FailReason): Step {
  return { next: 'fail', reason };
}
