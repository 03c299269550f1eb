/** Which variables a trigger does not start without, because the policy asks something of it that needs them. */

import type { Artefact } from '../policy/artefact.ts';
import { asksForOnboarding } from '../policy/confirmed.ts';
import type { TriggerNeeds } from './config.ts';

/** Used when a function starts, and when a deployment is checked before it is made. */
export function triggerNeeds(name: string, policy: Artefact): TriggerNeeds {
  const { signUp, confirmed } = policy;
  switch (name) {
    case 'pre-sign-up':
      return signUp.mode === 'invite' ? { TABLE_NAME: '`sign_up.mode: invite`' } : {};
    case 'post-confirmation':
      return {
        ...(asksForOnboarding(policy) && { TABLE_NAME: '`confirmed`' }),
        ...(confirmed.welcome && { MAIL_FROM: '`confirmed.welcome`' }),
      };
    default:
      return {};
  }
}
