/** The verify-auth-challenge trigger: whether a code or a link is the one that was mailed. */

import { factsOf, readVerifyEvent, withVerdict } from '../../shared/events/custom-auth-event.ts';
import { auditSignIn } from '../../shared/runtime/audit-sign-in.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { ALWAYS_ENFORCED, triggerHandler } from '../../shared/runtime/lambda.ts';
import { lazyKeyRing } from '../../shared/runtime/lazy-key-ring.ts';
import { lazyStore } from '../../shared/runtime/lazy-store.ts';
import { judgeAnswer } from '../../shared/sign-in/answer.ts';
import { readChallenge } from '../../shared/sign-in/challenge.ts';
import { signInRequest } from '../../shared/sign-in/request.ts';

const { policy, config, log, now } = composeTrigger('verify-auth-challenge');
const store = lazyStore(config.tableName);
const keys = lazyKeyRing(config.otpKeyId);

async function verifyAuthChallenge(input: unknown) {
  const event = readVerifyEvent(input);
  const { privateChallengeParameters, challengeAnswer: answer } = event.request;
  // What an administrator asks for is the define step's to see to: this event does not list the session.
  const options = { newPassword: true, observe: config.mode === 'observe' };
  const request = isGoverned(config, event) ? await signInRequest(policy, factsOf(event), options) : null;
  const challenge = readChallenge(privateChallengeParameters);
  const verdict = request
    ? await judgeAnswer({ store, keys, now }, request, { challenge, answer })
    : 'not_governed';
  const right = verdict === 'right';
  auditSignIn(log, event, { subject: request?.subject ?? null, passes: right, reason: verdict });
  return withVerdict(event, right);
}

export const handler = triggerHandler({ config: ALWAYS_ENFORCED, log }, verifyAuthChallenge);
