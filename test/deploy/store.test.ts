/** The store's contract against MiniStack, whose DynamoDB is another than the one of the fast tests. */

import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { dynamodbStore } from '../../shared/store/dynamodb.ts';
import { runStoreContract } from '../contract/store.ts';
import { TABLE_SCHEMA } from '../../sandbox/aws/dynamodb.ts';
import { type LocalCloud, startMiniStack } from './ministack.ts';
import { installTools } from './virtual-environment.ts';

const tools = installTools('requirements.txt', 'the store in MiniStack');
const suite = 'missing' in tools ? describe.skip : describe;

suite('MiniStack', () => {
  let cloud: LocalCloud;
  let client: DynamoDBClient;
  let tables = 0;

  beforeAll(async () => {
    if ('missing' in tools) return;
    cloud = await startMiniStack(tools.bin);
    client = new DynamoDBClient(cloud.clientConfig);
  });
  afterAll(async () => {
    client?.destroy();
    await cloud?.stop();
  });

  runStoreContract('MiniStack', async () => {
    const TableName = `gatehouse-${tables++}`;
    await client.send(new CreateTableCommand({ TableName, ...TABLE_SCHEMA }));
    let now = 0;
    return {
      store: dynamodbStore(client, TableName, { now: () => now * 1000, limitMs: 60_000 }),
      setTime: (seconds) => {
        now = seconds;
      },
    };
  });
});
