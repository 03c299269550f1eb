/** The table that sample events meet: a session and a user are cut off, and the user is blocked too. */

import { block } from '../../shared/store/blocks.ts';
import { appendCuts } from '../../shared/store/cut-journal.ts';
import { CUT_SESSION, POOL, REVOKED_USER } from '../sample-tokens.ts';
import { LOCAL_CREDENTIALS, REGION } from './account.ts';
import { openTable, startDynamoDb, TABLE_NAME } from './dynamodb.ts';

export interface SampleTable {
  /** For the function. */
  env: Record<string, string>;
  close: () => Promise<void>;
}

export async function startSampleTable(): Promise<SampleTable> {
  const { url, close } = await startDynamoDb();
  const { store, close: closeTable } = openTable(url);
  const at = Math.floor(Date.now() / 1000);
  const user = { kind: 'user' as const, pool: POOL, value: REVOKED_USER };
  await appendCuts(store, [
    { kind: 'session', pool: POOL, value: CUT_SESSION, at, expiresAt: null },
    { ...user, at, expiresAt: null },
  ]);
  await block(store, user, { write: true, since: at });
  closeTable();
  return {
    env: {
      TABLE_NAME,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: url,
    },
    close,
  };
}
