/** A trigger's event in the words of a sign-in: who, through which client, by which methods. */

import type { Artefact, CompiledSignIn, SignInMethod } from '../policy/artefact.ts';
import { type SignInPlan, signInPlan } from '../policy/sign-in.ts';
import { type EventUser, type Subject, subjectOf } from './subject.ts';

/** What the events of all three triggers have. */
export interface EventFacts extends EventUser {
  pool: string;
  client: string | null;
  clientMetadata: Readonly<Record<string, unknown>>;
}

/** What the client says in its metadata. Anybody may write it: it chooses among what the policy allows. */
export interface Choice {
  /** Null if it says nothing, `other` if it names what we do not know. */
  method: SignInMethod | 'other' | null;
  /** The answer is a link that the client has already: it wants no new one. */
  hasLink: boolean;
}

export interface SignInRequest {
  pool: string;
  client: string;
  userName: string;
  /**
   * Under what mails and guesses are counted: the user's name. A pool that ignores case finds one user by many
   * spellings, so those of a name that nobody has are one, too; with a blank before them, which no user name has.
   */
  countedAs: string;
  subject: Subject;
  signIn: CompiledSignIn;
  plan: SignInPlan;
  choice: Choice;
  /** Where the client wants a link to lead, which the policy must list. */
  redirectUri: string | null;
}

export interface RequestOptions {
  newPassword: boolean;
  observe: boolean;
}

/** Null if nobody signs in this way: the policy has no `sign_in`, or the event names no client. */
export async function signInRequest(
  policy: Artefact,
  { pool, client, clientMetadata, ...user }: EventFacts,
  options: RequestOptions,
): Promise<SignInRequest | null> {
  const { signIn } = policy;
  if (signIn === undefined || client === null) return null;
  const subject = await subjectOf(policy, user, options);
  const { redirectUri } = clientMetadata;
  return {
    pool,
    client,
    userName: user.userName,
    countedAs: user.known ? user.userName : ` ${user.userName.toLowerCase()}`,
    subject,
    signIn,
    plan: signInPlan(signIn, client, subject.domain),
    choice: choiceOf(clientMetadata),
    redirectUri: typeof redirectUri === 'string' ? redirectUri : null,
  };
}

const METHODS: Readonly<Record<string, SignInMethod>> = { EMAIL_OTP: 'email_otp', MAGIC_LINK: 'magic_link' };

/** In the words of `amazon-cognito-passwordless-auth`. */
function choiceOf({ signInMethod, alreadyHaveMagicLink }: EventFacts['clientMetadata']): Choice {
  const said = typeof signInMethod === 'string' && Object.hasOwn(METHODS, signInMethod);
  return {
    method: said
      ? (METHODS[signInMethod] ?? null)
      : signInMethod == null || signInMethod === ''
        ? null
        : 'other',
    hasLink: alreadyHaveMagicLink === 'yes',
  };
}
