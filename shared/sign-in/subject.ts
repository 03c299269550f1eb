/** Who wants to sign in, and whether they may have a mail and tokens. */

import type { Artefact } from '../policy/artefact.ts';
import { domainRefusal } from '../policy/decide.ts';
import { domainOfMailbox } from '../policy/domain.ts';
import { mailIdentity } from '../policy/principal.ts';

/** The user as a trigger's event tells it. */
export interface EventUser {
  userName: string;
  /** With `PreventUserExistenceErrors`, also for a name that nobody has. */
  known: boolean;
  attributes: Readonly<Record<string, unknown>>;
}

export interface Subject {
  /** Where a mail goes; null if none may. Verified, and a plain mailbox. */
  address: string | null;
  /**
   * By what the policy chooses methods: the domain of the address, and of a name that nobody has, if it is an address.
   * Verified or not, so that who is refused looks like who is not; nobody is let in by it.
   */
  domain: string | null;
  refusal: Refusal | null;
  /** What the domain gate says where it is only observed. */
  observed: 'domain_denied' | null;
  /** An administrator asks for a new password. */
  mustSetPassword: boolean;
}

export type Refusal =
  | 'user_unknown'
  | 'user_unconfirmed'
  | 'email_missing'
  | 'email_unverified'
  | 'domain_denied';

/** Users whom Cognito itself lets in with a new password only (contracts B7). */
const MUST_SET_PASSWORD = ['FORCE_CHANGE_PASSWORD', 'RESET_REQUIRED'];

/**
 * `newPassword`: the password that an administrator asks for has been set in this session. With `observe` the domain
 * gate is only counted; everything else is always enforced, because what is not proven cannot be let pass.
 */
export async function subjectOf(
  policy: Artefact,
  { userName, known, attributes }: EventUser,
  { newPassword, observe }: { newPassword: boolean; observe: boolean },
): Promise<Subject> {
  const { email } = attributes;
  const mail = await mailIdentity(email, attributes['email_verified']);
  const gate = mail.domain === null ? null : domainRefusal(policy, mail);
  const status = attributes['cognito:user_status'];
  const mustSetPassword = known && MUST_SET_PASSWORD.includes(String(status)) && !newPassword;
  const refusal: Refusal | null = !known
    ? 'user_unknown'
    : mustSetPassword || !['CONFIRMED', ...MUST_SET_PASSWORD].includes(String(status))
      ? 'user_unconfirmed'
      : (mail.domainFlaw ?? (gate !== null && !observe ? 'domain_denied' : null));
  return {
    address: refusal === null ? mail.email : null,
    domain:
      mail.domain ?? (await domainOfMailbox(typeof email === 'string' && email !== '' ? email : userName)),
    refusal,
    observed: refusal === null && gate !== null ? 'domain_denied' : null,
    mustSetPassword,
  };
}
