/** The pre-sign-up trigger: refuses accounts that the policy does not want, from all three sources, and links. */

import { UserFacingError } from '../../shared/events/errors.ts';
import { confirmSignUp, readPreSignUpEvent, signUpOf } from '../../shared/events/pre-sign-up-event.ts';
import { admit } from '../../shared/linking/admission.ts';
import { messageFor } from '../../shared/policy/messages.ts';
import { auditTrigger } from '../../shared/runtime/audit-trigger.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { triggerHandler } from '../../shared/runtime/lambda.ts';
import { lazyDirectory } from '../../shared/runtime/lazy-directory.ts';
import { lazyStore } from '../../shared/runtime/lazy-store.ts';

const { policy, config, log } = composeTrigger('pre-sign-up');
const store = lazyStore(config.tableName);
const directory = lazyDirectory();
const observed = config.mode === 'observe';

async function preSignUp(input: unknown) {
  const event = readPreSignUpEvent(input);
  if (!isGoverned(config, event)) return event;
  const links = event.triggerSource === 'PreSignUp_ExternalProvider' && !observed;
  const admission = await admit({ policy, store, directory: links ? directory : null }, signUpOf(event));
  auditTrigger({ config, log }, event, admission);
  if (observed) return event;
  if (admission.refusal) throw new UserFacingError(messageFor(policy, admission.refusal));
  const confirms = policy.signUp.autoConfirm && event.triggerSource === 'PreSignUp_SignUp';
  return confirms ? confirmSignUp(event) : event;
}

export const handler = triggerHandler({ config, log }, preSignUp);
