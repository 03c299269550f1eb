/** The create-auth-challenge trigger: mails a code or a link, or asks which of them it is to be. */

import { factsOf, readCreateEvent, stepsOf, withChallenge } from '../../shared/events/custom-auth-event.ts';
import { EventError } from '../../shared/events/errors.ts';
import { auditSignIn } from '../../shared/runtime/audit-sign-in.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { ALWAYS_ENFORCED, triggerHandler } from '../../shared/runtime/lambda.ts';
import { lazyKeyRing } from '../../shared/runtime/lazy-key-ring.ts';
import { lazyMailer } from '../../shared/runtime/lazy-mailer.ts';
import { lazyStore } from '../../shared/runtime/lazy-store.ts';
import { ask } from '../../shared/sign-in/ask.ts';
import { challengeParameters } from '../../shared/sign-in/challenge.ts';
import { signInRequest } from '../../shared/sign-in/request.ts';
import { nextStep, readSession } from '../../shared/sign-in/session.ts';
import { sleep } from '../../shared/sign-in/time-limit.ts';

const { policy, config, log, now } = composeTrigger('create-auth-challenge');
const store = lazyStore(config.tableName);
const keys = lazyKeyRing(config.otpKeyId);
const mailer = lazyMailer(config.mailFrom);

async function createAuthChallenge(input: unknown) {
  const event = readCreateEvent(input);
  const session = readSession(stepsOf(event));
  const newPassword = session?.newPassword ?? false;
  const request = isGoverned(config, event)
    ? await signInRequest(policy, factsOf(event), { newPassword, observe: config.mode === 'observe' })
    : null;
  // The define step led here, or somebody else did.
  if (!request || !session || nextStep(session, request).next !== 'CUSTOM_CHALLENGE')
    throw new EventError('request.session');
  const { challenge, came } = await ask(
    { store, keys, now, mailer, sleep, report: log.failure },
    request,
    session,
  );
  auditSignIn(log, event, { subject: request.subject, passes: came !== 'waiting', reason: came });
  return withChallenge(event, challengeParameters(challenge, request));
}

export const handler = triggerHandler({ config: ALWAYS_ENFORCED, log }, createAuthChallenge);
