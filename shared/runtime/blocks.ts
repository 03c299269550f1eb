/** Whether somebody is blocked, as a trigger asks it. */

import { EventError } from '../events/errors.ts';
import { isBlocked } from '../store/blocks.ts';
import type { Store } from '../store/ports.ts';
import type { TriggerConfig } from './config.ts';
import type { Log } from './log.ts';

/** Who is to get tokens. `sub` is for a user, and undefined for a machine. */
export interface Recipient {
  pool: string;
  sub: string | null | undefined;
  client: string | null;
}

/**
 * Without a table nobody is. Throws where it cannot be said, so that nobody gets tokens then; but with `MODE=observe`
 * that is logged, and refuses nobody.
 */
export async function isBlockedRecipient(
  { config, store, log }: { config: TriggerConfig; store: Pick<Store, 'get'>; log: Log },
  { pool, sub, client }: Recipient,
): Promise<boolean> {
  if (config.tableName === null) return false;
  try {
    if (sub === null) throw new EventError('request.userAttributes.sub');
    return await isBlocked(store, pool, { sub: sub ?? null, client });
  } catch (error) {
    if (config.mode === 'enforce') throw error;
    await log.failure(error);
    return false;
  }
}
