/** The inbound-federation trigger: what a provider's word is good for, before it reaches somebody's profile. */

import {
  readInboundFederationEvent,
  responseOf,
  withAttributesToMap,
} from '../../shared/events/inbound-federation-event.ts';
import { federatedProfile } from '../../shared/policy/federation.ts';
import { composeTrigger } from '../../shared/runtime/compose.ts';
import { isGoverned } from '../../shared/runtime/governed.ts';
import { triggerHandler } from '../../shared/runtime/lambda.ts';

const { policy, config, log } = composeTrigger('inbound-federation');
const observed = config.mode === 'observe';

async function inboundFederation(input: unknown) {
  const event = readInboundFederationEvent(input);
  if (!isGoverned(config, event)) return event;
  const { providerName } = event.request;
  const { attributes, flaw, withdrawn } = await federatedProfile(policy, providerName, responseOf(event));
  // Nobody is refused here: an address that does not count is for the other gates to judge.
  log.audit({
    effect: observed && withdrawn ? 'would_deny' : 'allow',
    code: flaw ?? 'allowed',
    provider: providerName,
    client: event.callerContext?.clientId ?? null,
    pool: event.userPoolId,
    route: event.triggerSource,
  });
  return observed ? event : withAttributesToMap(event, attributes);
}

export const handler = triggerHandler({ config, log }, inboundFederation);
