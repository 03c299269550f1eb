/** The pre-sign-up trigger: refuses accounts that the policy does not want, from all three sources. */

import { UserFacingError } from '../../shared/events/errors.ts';
import { confirmSignUp, readPreSignUpEvent } from '../../shared/events/pre-sign-up-event.ts';
import type { DecisionCode } from '../../shared/policy/codes.ts';
import { messageFor } from '../../shared/policy/messages.ts';
import { signUpRefusal } from '../../shared/policy/sign-up.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { triggerHandler } from '../../shared/runtime/lambda.ts';
import { invitationRefusal } from '../../shared/store/invitations.ts';

const { policy, config, log, store } = composeTrigger('pre-sign-up');

async function preSignUp(input: unknown) {
  const event = readPreSignUpEvent(input);
  if (!isGoverned(config, event)) return event;
  const refusal = await refusalOf(event.request.userAttributes?.['email']);
  const observed = config.mode === 'observe';
  log.audit({
    effect: refusal === null ? 'allow' : observed ? 'would_deny' : 'deny',
    code: refusal ?? 'allowed',
    client: event.callerContext?.clientId ?? null,
    pool: event.userPoolId,
    route: event.triggerSource,
  });
  if (observed) return event;
  if (refusal) throw new UserFacingError(messageFor(policy, refusal));
  const confirms = policy.signUp.autoConfirm && event.triggerSource === 'PreSignUp_SignUp';
  return confirms ? confirmSignUp(event) : event;
}

async function refusalOf(email: unknown): Promise<DecisionCode | null> {
  const refusal = await signUpRefusal(policy, email);
  return refusal === null && policy.signUp.mode === 'invite' ? invitationRefusal(store, email) : refusal;
}

export const handler = triggerHandler({ config, log }, preSignUp);
