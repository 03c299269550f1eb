/** Revocation as the authorizer has it: a snapshot, read from the table in the background. Import it lazily (`lazy-revocations.ts`). */

import { Cuts } from '../store/cuts.ts';
import { Snapshot } from '../store/snapshot.ts';
import type { TableConfig } from './config.ts';
import { openDynamodb } from './dynamodb-client.ts';
import type { IsRevoked } from './lazy-revocations.ts';
import type { Log } from './log.ts';

/** Begins to read at once. */
export function openRevocations({ name, ...ages }: TableConfig, log: Log): IsRevoked {
  const store = openDynamodb(name);
  const cuts = new Cuts();
  const snapshot = new Snapshot(
    async () => {
      await cuts.readOn(store);
      return cuts;
    },
    { ...ages, onFailure: (error) => void log.failure(error) },
  );
  snapshot.prepare();
  return async (principal) => (await snapshot.current()).cover(principal, Date.now() / 1000);
}
