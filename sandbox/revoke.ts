/** Revocation in a scenario: what `gatehouse revoke user` writes, and the time until every authorizer has read it. */

import { setTimeout as sleep } from 'node:timers/promises';
import { block } from '../shared/store/blocks.ts';
import { appendCuts } from '../shared/store/cut-journal.ts';
import { openTable } from './aws/dynamodb.ts';
import { POOL_ID } from './pool/settings.ts';

/** `POLICY_REFRESH_SECONDS` of the sandbox, whose gateways keep no answers: the least there is. */
export const REFRESH_SECONDS = 1;

/** Back when it is felt. */
export async function revokeUser(
  tableUrl: string,
  sub: string,
  { alsoBlock }: { alsoBlock: boolean },
): Promise<void> {
  const { store, close } = openTable(tableUrl);
  const user = { kind: 'user' as const, pool: POOL_ID, value: sub };
  const at = Math.floor(Date.now() / 1000);
  try {
    if (alsoBlock) await block(store, user, { write: true, since: at });
    await appendCuts(store, [{ ...user, at, expiresAt: null }]);
  } finally {
    close();
  }
  await sleep(REFRESH_SECONDS * 1000);
}
