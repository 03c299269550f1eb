/** A DynamoDB on loopback, with the table that deploy/resources/table.yml makes; it goes at the test file's end. */

import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll } from '@jest/globals';
import { LOCAL_CREDENTIALS } from '../../sandbox/aws/account.ts';
import { startDynalite, TABLE_SCHEMA } from '../../sandbox/aws/dynamodb.ts';
import { dynamodbStore } from '../../shared/store/dynamodb.ts';
import type { Store } from '../../shared/store/ports.ts';

/** What AWS clients take for credentials; nothing checks them. */
export const AWS_ENV = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EC2_METADATA_DISABLED: 'true',
};

export interface LocalDynamodb {
  endpoint: string;
  /** A client with the SDK's own settings, for looking at what is there. */
  client: DynamoDBClient;
  /**
   * Makes a table of its own for each call, empty. `env`: what points a function, or the command, to it. The store's
   * clock may be another than this machine's.
   */
  table: (options?: {
    name?: string;
    now?: () => number;
  }) => Promise<{ name: string; store: Store; env: Record<string, string> }>;
}

/** Call it at the top of a test file. */
export async function startDynamodb(): Promise<LocalDynamodb> {
  const { url: endpoint, close } = await startDynalite();
  const client = new DynamoDBClient({
    endpoint,
    region: AWS_ENV.AWS_REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  afterAll(async () => {
    client.destroy();
    await close();
  });
  let tables = 0;
  return {
    endpoint,
    client,
    table: async ({ name = `gatehouse-${tables++}`, now = Date.now } = {}) => {
      await client.send(new CreateTableCommand({ TableName: name, ...TABLE_SCHEMA }));
      return {
        name,
        store: dynamodbStore(client, name, { now, limitMs: 30_000 }),
        env: { ...AWS_ENV, TABLE_NAME: name, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
      };
    },
  };
}
