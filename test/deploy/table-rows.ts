/** The rows of a table as they are, without the store's code: nothing but keys, version, data as JSON, and an expiry. */

import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect } from '@jest/globals';

export interface Row {
  data: Record<string, unknown>;
  version: string;
  /** Epoch seconds, in the attribute that the table's time to live names; null: kept for ever. */
  expiresAt: number | null;
}

/** All of them, by `PK SK`. Throws for a row of another form. */
export async function readRows(client: DynamoDBClient, TableName: string): Promise<Record<string, Row>> {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new ScanCommand({ TableName, ConsistentRead: true }),
  );
  expect(LastEvaluatedKey).toBeUndefined();
  return Object.fromEntries(Items.map((item) => rowOf(item)));
}

function rowOf(item: Record<string, AttributeValue>): [string, Row] {
  const { PK, SK, version, data, expiresAt } = item;
  const text = { S: expect.any(String) };
  expect(item).toEqual({
    PK: text,
    SK: text,
    version: text,
    data: text,
    ...(expiresAt && { expiresAt: { N: expect.stringMatching(/^\d{10}$/) } }),
  });
  return [
    `${PK?.S} ${SK?.S}`,
    {
      data: JSON.parse(data?.S ?? '') as Row['data'],
      version: version?.S ?? '',
      expiresAt: expiresAt ? Number(expiresAt.N) : null,
    },
  ];
}
