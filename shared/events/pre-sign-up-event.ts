/** The pre-sign-up trigger's event, from any of its three sources (contracts B3). */

import * as v from 'valibot';
import { readEvent } from './read.ts';
import { attributes, triggerEntries } from './trigger-event.ts';

const eventSchema = v.looseObject({
  ...triggerEntries,
  triggerSource: v.picklist(['PreSignUp_SignUp', 'PreSignUp_AdminCreateUser', 'PreSignUp_ExternalProvider']),
  request: v.looseObject({ userAttributes: attributes }),
  response: v.nullish(v.looseObject({})),
});

export type PreSignUpEvent = v.InferOutput<typeof eventSchema>;

export function readPreSignUpEvent(event: unknown): PreSignUpEvent {
  return readEvent(eventSchema, event);
}

/** The event with the answer filled in. Confirming is for `SignUp` alone; an address is never verified here. */
export function confirmSignUp(event: PreSignUpEvent): PreSignUpEvent {
  return { ...event, response: { ...event.response, autoConfirmUser: true } };
}
