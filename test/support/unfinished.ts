/** Accounts whose onboarding some failure has cut short. */

import { profileKey, unfinishedKey } from '../../shared/store/keys.ts';
import type { Store } from '../../shared/store/ports.ts';

export interface Left {
  groups?: object;
  welcome?: string;
  busyUntil?: number;
  confirmedAt?: number | null;
}

/** A profile that has everything but what `left` says, and its listing. */
export async function leaveUnfinished(store: Store, pool: string, sub: string, left: Left): Promise<void> {
  const profile = { username: sub, confirmedAt: 1_795_000_000, groups: {}, welcome: 'sent', busyUntil: 0 };
  await store.create(profileKey(pool, sub), { ...profile, ...left }, null);
  await store.create(unfinishedKey(pool, sub), { username: sub }, null);
}
