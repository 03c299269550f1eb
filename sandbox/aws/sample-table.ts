/** The table that sample events meet: a session and a user are cut off, and the user is blocked too. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { block } from '../../shared/store/blocks.ts';
import { appendCuts } from '../../shared/store/cut-journal.ts';
import { dynamodbStore } from '../../shared/store/dynamodb.ts';
import { CUT_SESSION, POOL, REVOKED_USER } from '../sample-tokens.ts';
import { LOCAL_CREDENTIALS, REGION } from './account.ts';
import { startDynamoDb, TABLE_NAME } from './dynamodb.ts';

export interface SampleTable {
  /** For the function. */
  env: Record<string, string>;
  close: () => Promise<void>;
}

export async function startSampleTable(): Promise<SampleTable> {
  const { url, close } = await startDynamoDb();
  const client = new DynamoDBClient({ endpoint: url, region: REGION, credentials: LOCAL_CREDENTIALS });
  const store = dynamodbStore(client, TABLE_NAME, { limitMs: 30_000 });
  const at = Math.floor(Date.now() / 1000);
  const user = { kind: 'user' as const, pool: POOL, value: REVOKED_USER };
  await appendCuts(store, [
    { kind: 'session', pool: POOL, value: CUT_SESSION, at, expiresAt: null },
    { ...user, at, expiresAt: null },
  ]);
  await block(store, user, { write: true, since: at });
  client.destroy();
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
