/** The post-confirmation trigger's event (contracts B4). It has no answer: the event goes back as it came. */

import { type MailIdentity, mailIdentity } from '../policy/principal.ts';
import { readEvent } from './read.ts';
import { objectWith, text, textWith, type ValueOf } from './shape.ts';
import { triggerEntries } from './trigger-event.ts';

const eventSchema = objectWith({
  ...triggerEntries,
  triggerSource: textWith('PostConfirmation_'),
  userName: text,
  request: objectWith({ userAttributes: objectWith({ sub: text }) }),
});

export type PostConfirmationEvent = ValueOf<typeof eventSchema>;

export function readPostConfirmationEvent(event: unknown): PostConfirmationEvent {
  return readEvent(eventSchema, event);
}

/** True for a new account, also a federated one; false where somebody has chosen a new password (contracts B2, B4). */
export function isNewAccount({ triggerSource }: PostConfirmationEvent): boolean {
  return triggerSource === 'PostConfirmation_ConfirmSignUp';
}

/** Whose account it is. */
export interface ConfirmedUser {
  pool: string;
  /** The `sub`. */
  user: string;
  username: string;
  mail: MailIdentity;
  /** As Cognito has it, and as the person chose it. */
  name: unknown;
}

export async function confirmedUserOf({
  userPoolId,
  userName,
  request,
}: PostConfirmationEvent): Promise<ConfirmedUser> {
  const { userAttributes: user } = request;
  return {
    pool: userPoolId,
    user: user.sub,
    username: userName,
    mail: await mailIdentity(user['email'], user['email_verified']),
    name: user['given_name'] ?? user['name'],
  };
}
