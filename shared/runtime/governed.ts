/** Whether the policy governs a trigger's event at all. */

import type { TriggerConfig } from './config.ts';

export interface TriggerEvent {
  triggerSource: string;
  callerContext?: { clientId?: string | null | undefined } | null | undefined;
}

/**
 * Events of app clients outside `APP_CLIENT_IDS` pass untouched. Creating users is an administrator's act that
 * belongs to no client and is always governed; so is an event that does not say whose it is.
 */
export function isGoverned(
  { clientIds }: TriggerConfig,
  { triggerSource, callerContext }: TriggerEvent,
): boolean {
  const clientId = callerContext?.clientId;
  if (clientIds === null || clientId == null || triggerSource === 'PreSignUp_AdminCreateUser') return true;
  return clientIds.includes(clientId);
}
