/** Whether the policy governs a trigger's event at all. */

import type { TriggerConfig } from './config.ts';

export interface TriggerEvent {
  triggerSource: string;
  callerContext?: { clientId?: string | null | undefined } | null | undefined;
}

/** What Cognito was seen to write where an administrator's call has no client (sandbox/pool/README.md). */
const NO_CLIENT = ['', 'CLIENT_ID_NOT_APPLICABLE'];

/**
 * Events of app clients outside `APP_CLIENT_IDS` pass untouched. Creating users is an administrator's act that
 * belongs to no client and is always governed; so is an event that does not say whose it is.
 */
export function isGoverned(
  { clientIds }: TriggerConfig,
  { triggerSource, callerContext }: TriggerEvent,
): boolean {
  const clientId = callerContext?.clientId ?? '';
  if (clientIds === null || NO_CLIENT.includes(clientId) || triggerSource === 'PreSignUp_AdminCreateUser')
    return true;
  return clientIds.includes(clientId);
}
