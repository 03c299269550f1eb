/** The pre-sign-up trigger's event, from any of its three sources (contracts B3). */

import { readEvent } from './read.ts';
import { maybe, objectWith, text, textFrom, type ValueOf } from './shape.ts';
import { attributes, triggerEntries } from './trigger-event.ts';

const eventSchema = objectWith({
  ...triggerEntries,
  triggerSource: textFrom(['PreSignUp_SignUp', 'PreSignUp_AdminCreateUser', 'PreSignUp_ExternalProvider']),
  userName: maybe(text),
  request: objectWith({ userAttributes: attributes }),
  response: maybe(objectWith({})),
});

export type PreSignUpEvent = ValueOf<typeof eventSchema>;

export function readPreSignUpEvent(event: unknown): PreSignUpEvent {
  return readEvent(eventSchema, event);
}

/** The event with the answer filled in. Confirming is for `SignUp` alone; an address is never verified here. */
export function confirmSignUp(event: PreSignUpEvent): PreSignUpEvent {
  return { ...event, response: { ...event.response, autoConfirmUser: true } };
}

/** What is signed up. */
export function signUpOf({ userPoolId, userName, request }: PreSignUpEvent): {
  pool: string;
  userName: string;
  attributes: Record<string, unknown>;
} {
  return { pool: userPoolId, userName: userName ?? '', attributes: request.userAttributes ?? {} };
}
