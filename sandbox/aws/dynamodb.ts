/** A local DynamoDB with the one table of `deploy/resources/table.yml`. */

import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { dynamodbStore } from '../../shared/store/dynamodb.ts';
import type { Store } from '../../shared/store/ports.ts';
import { listening, type LocalServer } from '../http.ts';
import { LOCAL_CREDENTIALS, REGION } from './account.ts';

export const TABLE_NAME = 'gatehouse';

/** As deploy/resources/table.yml has it. */
export const TABLE_SCHEMA = {
  AttributeDefinitions: ['PK', 'SK'].map((key) => ({ AttributeName: key, AttributeType: 'S' as const })),
  KeySchema: [
    { AttributeName: 'PK', KeyType: 'HASH' as const },
    { AttributeName: 'SK', KeyType: 'RANGE' as const },
  ],
  BillingMode: 'PAY_PER_REQUEST' as const,
};

/** Items are not removed when their time is over; AWS may leave them for days too. */
export async function startDynamoDb(): Promise<LocalServer> {
  const server = await listening(dynalite({ createTableMs: 0 }), 0);
  const client = clientOf(server.url);
  await client.send(new CreateTableCommand({ TableName: TABLE_NAME, ...TABLE_SCHEMA }));
  client.destroy();
  return server;
}

/** What is in it, as the functions and the command see it. */
export function openTable(url: string): { store: Store; close: () => void } {
  const client = clientOf(url);
  return {
    store: dynamodbStore(client, TABLE_NAME, { limitMs: 30_000 }),
    close: () => client.destroy(),
  };
}

function clientOf(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: REGION, credentials: LOCAL_CREDENTIALS });
}
