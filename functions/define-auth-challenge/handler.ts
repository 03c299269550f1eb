/** The define-auth-challenge trigger: what comes next in a sign-in by custom challenge, and whether it ends in tokens. */

import { factsOf, readDefineEvent, stepsOf, withNextStep } from '../../shared/events/custom-auth-event.ts';
import { auditSignIn } from '../../shared/runtime/audit-sign-in.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { ALWAYS_ENFORCED, triggerHandler } from '../../shared/runtime/lambda.ts';
import { signInRequest } from '../../shared/sign-in/request.ts';
import { nextStep, readSession } from '../../shared/sign-in/session.ts';

const { policy, config, log } = composeTrigger('define-auth-challenge');

async function defineAuthChallenge(input: unknown) {
  const event = readDefineEvent(input);
  const session = readSession(stepsOf(event));
  const newPassword = session?.newPassword ?? false;
  const request = isGoverned(config, event)
    ? await signInRequest(policy, factsOf(event), { newPassword, observe: config.mode === 'observe' })
    : null;
  // Nobody else defines what comes next, and an empty answer is not known to be a no (ADR 12).
  const step = request ? nextStep(session, request) : ({ next: 'fail', reason: 'not_governed' } as const);
  const failed = step.next === 'fail';
  const reason = failed ? step.reason : step.next;
  auditSignIn(log, event, { subject: request?.subject ?? null, passes: !failed, reason });
  return withNextStep(event, step.next);
}

export const handler = triggerHandler({ config: ALWAYS_ENFORCED, log }, defineAuthChallenge);
