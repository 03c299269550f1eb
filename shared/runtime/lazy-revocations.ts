/** Whether a token is revoked. What it takes is a chunk, with the client of the table: it is loaded where there is a table. */

import type { Principal } from '../policy/principal.ts';
import type { TableConfig } from './config.ts';
import type { Log } from './log.ts';

/** Throws where that cannot be said. */
export type IsRevoked = (principal: Principal) => Promise<boolean>;

/** Begins to load, and to read, at once. */
export function lazyRevocations(table: TableConfig, log: Log): IsRevoked {
  const opened = import('./revocations.ts').then(({ openRevocations }) => openRevocations(table, log));
  // Told to whoever asks.
  opened.catch(() => {});
  return async (principal) => (await opened)(principal);
}
