/** A local DynamoDB with the one table of `deploy/resources/table.yml`. */

import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** How long work is waited for whose answer nobody waits for any more. */
const DRAIN_MS = 1000;

/**
 * dynalite, without a table. Whoever asks may be ended while it is at work; were its database closed before that is done,
 * it would throw where nobody can catch.
 */
export async function startDynalite(): Promise<LocalServer> {
  const server = dynalite({ createTableMs: 0 });
  const working = new Set<ServerResponse>();
  server.on('request', (_, response: ServerResponse) => {
    working.add(response);
    response.once('finish', () => working.delete(response));
  });
  const { url, close } = await listening(server, 0);
  return {
    url,
    close: async () => {
      const end = Date.now() + DRAIN_MS;
      while ([...working].some(({ writableEnded }) => !writableEnded) && Date.now() < end) await sleep(5);
      await close();
    },
  };
}

/** Items are not removed when their time is over; AWS may leave them for days too. */
export async function startDynamoDb(): Promise<LocalServer> {
  const server = await startDynalite();
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
