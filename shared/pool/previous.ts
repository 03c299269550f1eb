/** What was there before Gatehouse was, from the backups that attaching has left. */

import { type BackupKey, listBackups } from './backup.ts';
import {
  CUSTOM_AUTH_TRIGGERS,
  functionOf,
  lambdaConfigOf,
  type SlotValue,
  slotOf,
  type Trigger,
} from './triggers.ts';
import { customAuthState } from './app-clients.ts';

export interface PreviousSlot {
  /** Null: the slot was empty. */
  slot: SlotValue | null;
  /** When that was, ISO 8601, and the backup that says so. */
  takenAt: string;
  file: string;
}

/**
 * For each trigger, what its slot held when our function last took it. A trigger that no backup tells of is left out:
 * nobody knows.
 */
export function previousSlots(
  backups: string,
  key: BackupKey,
  functions: Partial<Record<Trigger, string>>,
): Partial<Record<Trigger, PreviousSlot>> {
  const saved = listBackups(backups, key);
  const entries = Object.entries(functions) as [Trigger, string][];
  return Object.fromEntries(
    entries.flatMap(([trigger, arn]) => {
      const isOurs = (slot: SlotValue | null) => slot !== null && functionOf(slot.arn) === functionOf(arn);
      const taken = saved.find(
        ({ before, wanted }) =>
          !isOurs(slotOf(lambdaConfigOf(before), trigger)) && isOurs(slotOf(lambdaConfigOf(wanted), trigger)),
      );
      if (!taken) return [];
      const { before, takenAt, file } = taken;
      return [[trigger, { slot: slotOf(lambdaConfigOf(before), trigger), takenAt, file }]];
    }),
  );
}

/**
 * True if it was attaching that allowed custom auth to the client, and no detaching has taken it away again. A detaching
 * that is still pending may not have done so.
 */
export function gaveCustomAuth(backups: string, key: BackupKey): boolean {
  const last = listBackups(backups, key).find(({ before, wanted, pending }) => {
    const [was, is] = [customAuthState(before), customAuthState(wanted)];
    return was !== is && (is === 'allowed' || !pending);
  });
  return last !== undefined && customAuthState(last.wanted) === 'allowed';
}

export function isCustomAuth(trigger: Trigger): boolean {
  return CUSTOM_AUTH_TRIGGERS.includes(trigger);
}
