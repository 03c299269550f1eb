/** The post-confirmation trigger: profile, default groups and welcome mail of a new account. Never stops anybody. */

import {
  confirmedUserOf,
  isNewAccount,
  readPostConfirmationEvent,
} from '../../shared/events/post-confirmation-event.ts';
import { personName } from '../../shared/mail/person-name.ts';
import { onboard } from '../../shared/onboarding/onboard.ts';
import { asksForOnboarding } from '../../shared/policy/confirmed.ts';
import { domainRefusal } from '../../shared/policy/decide.ts';
import { auditTrigger } from '../../shared/runtime/audit-trigger.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { triggerHandler } from '../../shared/runtime/lambda.ts';
import { lazyGroups } from '../../shared/runtime/lazy-groups.ts';
import { lazyMailer } from '../../shared/runtime/lazy-mailer.ts';
import { lazyStore } from '../../shared/runtime/lazy-store.ts';

const { policy, config, log, now } = composeTrigger('post-confirmation');
const store = lazyStore(config.tableName);
const { groups: granted, welcome } = policy.confirmed;
const work = { store, groups: lazyGroups(), mail: lazyMailer(config.mailFrom), granted, now };

async function postConfirmation(input: unknown) {
  const event = readPostConfirmationEvent(input);
  if (!isNewAccount(event) || !isGoverned(config, event) || !asksForOnboarding(policy)) return event;
  const { mail, name, ...user } = await confirmedUserOf(event);
  const refusal = domainRefusal(policy, mail);
  auditTrigger({ config, log }, event, { refusal, sub: user.user });
  if (config.mode === 'observe') return event;
  const address = mail.domain === null ? null : mail.email;
  const person = { ...user, address, name: personName(name) };
  const errors = await onboard(work, person, { welcome, waits: refusal !== null });
  for (const error of errors) await log.failure(error);
  return event;
}

// The account is confirmed already: an error would only tell the person something else.
export const handler = triggerHandler({ config, log, failures: 'pass' }, postConfirmation);
