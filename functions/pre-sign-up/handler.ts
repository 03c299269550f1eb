/** The pre-sign-up trigger: refuses accounts that the policy does not want, from all three sources. */

import { UserFacingError } from '../../shared/events/errors.ts';
import { confirmSignUp, readPreSignUpEvent } from '../../shared/events/pre-sign-up-event.ts';
import { messageFor } from '../../shared/policy/messages.ts';
import { signUpRefusal } from '../../shared/policy/sign-up.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { lambdaHandler } from '../../shared/runtime/lambda.ts';

const { policy, config, log } = composeTrigger('pre-sign-up');

async function preSignUp(input: unknown) {
  const event = readPreSignUpEvent(input);
  if (!isGoverned(config, event)) return event;
  const refusal = await signUpRefusal(policy, event.request.userAttributes?.['email']);
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

export const handler = lambdaHandler(log, preSignUp);
