/** Whether a token is revoked, as the authorizer asks it: of a snapshot, which is read from the table in the background. */

import type { Principal } from '../policy/principal.ts';
import { Cuts } from '../store/cuts.ts';
import { Snapshot } from '../store/snapshot.ts';
import type { TableConfig } from './config.ts';
import { lazyStore } from './lazy-store.ts';
import type { Log } from './log.ts';

/** Throws `StoreError` where that cannot be said. */
export type IsRevoked = (principal: Principal) => Promise<boolean>;

/** Begins to read at once. */
export function openRevocations({ name, ...ages }: TableConfig, log: Log): IsRevoked {
  const store = lazyStore(name);
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
