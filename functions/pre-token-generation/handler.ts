/** The pre-token-generation trigger: the one gate that every sign-in and refresh passes; shapes the tokens. */

import { UserFacingError } from '../../shared/events/errors.ts';
import {
  isForMachine,
  readPreTokenGenerationEvent,
  scopesOf,
  subjectOf,
  withTokenChanges,
} from '../../shared/events/pre-token-generation-event.ts';
import { domainRefusal } from '../../shared/policy/decide.ts';
import { messageFor } from '../../shared/policy/messages.ts';
import { issuedTokens, ROOMY_TOKEN_BYTES } from '../../shared/policy/token-size.ts';
import { shapeTokens, stampOnly } from '../../shared/policy/tokens.ts';
import { auditTrigger } from '../../shared/runtime/audit-trigger.ts';
import { isBlockedRecipient } from '../../shared/runtime/blocks.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { triggerHandler } from '../../shared/runtime/lambda.ts';
import { lazyStore } from '../../shared/runtime/lazy-store.ts';
import { onboardingRepair } from '../../shared/runtime/onboarding-repair.ts';

const composed = composeTrigger('pre-token-generation');
const { policy, config, log } = composed;
const trigger = { ...composed, store: lazyStore(config.tableName) };
const repaired = onboardingRepair(trigger);

async function preTokenGeneration(input: unknown) {
  const cameAt = trigger.now();
  const event = readPreTokenGenerationEvent(input);
  if (!isGoverned(config, event)) return event;
  const subject = isForMachine(event) ? null : await subjectOf(event);
  const client = event.callerContext?.clientId ?? null;
  const isBlocked = await isBlockedRecipient(trigger, { pool: event.userPoolId, sub: subject?.sub, client });
  const refusal = isBlocked ? 'blocked' : subject && domainRefusal(policy, subject.mail);
  const observed = config.mode === 'observe';
  auditTrigger(trigger, event, { refusal, sub: subject?.sub ?? null });
  if (refusal && !observed) throw new UserFacingError(messageFor(policy, refusal));
  // A machine has no user, so nothing of a user's to shape.
  if (subject === null || refusal) return event;
  const changes = observed
    ? stampOnly(policy, subject)
    : shapeTokens(policy, await repaired(subject, event, cameAt));
  for (const issued of issuedTokens(subject, changes, scopesOf(event)))
    if (issued.bytes > ROOMY_TOKEN_BYTES) await log.warning('TOKEN_SIZE', { ...issued });
  return withTokenChanges(event, changes);
}

export const handler = triggerHandler(trigger, preTokenGeneration);
