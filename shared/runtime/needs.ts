/** Which variables a trigger does not start without, because the policy asks something of it that needs them. */

import type { Artefact } from '../policy/artefact.ts';
import { asksForOnboarding } from '../policy/confirmed.ts';
import type { TriggerNeeds } from './config.ts';

/** Used when a function starts, and when a deployment is checked before it is made. */
export function triggerNeeds(name: string, policy: Artefact): TriggerNeeds {
  const { signUp, confirmed, signIn } = policy;
  switch (name) {
    case 'pre-sign-up':
      return signUp.mode === 'invite' ? { TABLE_NAME: '`sign_up.mode: invite`' } : {};
    case 'post-confirmation':
      return {
        ...(asksForOnboarding(policy) && { TABLE_NAME: '`confirmed`' }),
        ...(confirmed.welcome && { MAIL_FROM: '`confirmed.welcome`' }),
      };
    case 'create-auth-challenge':
      return signIn ? { TABLE_NAME: '`sign_in`', OTP_KEY_ID: '`sign_in`', MAIL_FROM: '`sign_in`' } : {};
    case 'verify-auth-challenge':
      return signIn ? { TABLE_NAME: '`sign_in`', OTP_KEY_ID: '`sign_in`' } : {};
    default:
      return {};
  }
}
