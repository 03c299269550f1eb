/** The table in DynamoDB. Import it lazily: the client is most of a cold start. */

import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { type Data, type Item, type Key, type Store, StoreError } from './ports.ts';

type Row = Record<string, AttributeValue>;

/** A condition on what is there already. */
interface Condition {
  ConditionExpression: string;
  ExpressionAttributeValues: Row;
}

/** `client` has time limits of its own; `now` in milliseconds. */
export function dynamodbStore(client: DynamoDBClient, table: string, now: () => number = Date.now): Store {
  const seconds = () => Math.floor(now() / 1000);

  async function get(key: Key): Promise<Item | null> {
    const { Item: row } = await client
      .send(new GetItemCommand({ TableName: table, Key: rowKey(key), ConsistentRead: true }))
      .catch(fail);
    return row ? live(itemOf(row), seconds()) : null;
  }

  async function put(item: Item, condition: Condition): Promise<Item | null> {
    try {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: rowOf(item),
          ...condition,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return item;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) return fail(error);
      // The client tries again when an answer is lost: what is in the way may be what we wrote ourselves.
      const there = error.Item ? itemOf(error.Item) : await get(item.key);
      return there?.version === item.version ? item : null;
    }
  }

  return {
    get,
    create: (key, data, expiresAt) =>
      put(newItem(key, data, expiresAt), {
        ConditionExpression: 'attribute_not_exists(PK) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': { N: String(seconds()) } },
      }),
    replace: ({ key, version }, data, expiresAt) =>
      put(newItem(key, data, expiresAt), isStill(version, seconds())),
    remove: async ({ key, version }) => {
      try {
        await client.send(
          new DeleteItemCommand({ TableName: table, Key: rowKey(key), ...isStill(version, seconds()) }),
        );
        return true;
      } catch (error) {
        return error instanceof ConditionalCheckFailedException ? false : fail(error);
      }
    },
    list: async function* (pk, { prefix = '', after } = {}) {
      let ExclusiveStartKey: Row | undefined = after === undefined ? undefined : rowKey({ pk, sk: after });
      do {
        const page = await client
          .send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: prefix === '' ? 'PK = :pk' : 'PK = :pk AND begins_with(SK, :prefix)',
              ExpressionAttributeValues: {
                ':pk': { S: pk },
                ...(prefix !== '' && { ':prefix': { S: prefix } }),
              },
              ConsistentRead: true,
              ExclusiveStartKey,
            }),
          )
          .catch(fail);
        for (const row of page.Items ?? []) {
          const item = live(itemOf(row), seconds());
          if (item !== null) yield item;
        }
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    },
  };
}

/** DynamoDB removes what has expired when it finds the time, which may be days later. */
function live(item: Item, nowSeconds: number): Item | null {
  return item.expiresAt !== null && item.expiresAt <= nowSeconds ? null : item;
}

function isStill(version: string, nowSeconds: number): Condition {
  return {
    ConditionExpression: 'version = :version AND (attribute_not_exists(expiresAt) OR expiresAt > :now)',
    ExpressionAttributeValues: { ':version': { S: version }, ':now': { N: String(nowSeconds) } },
  };
}

function newItem(key: Key, data: Data, expiresAt: number | null): Item {
  return { key, data, version: randomUUID(), expiresAt };
}

function rowKey({ pk, sk }: Key): Row {
  return { PK: { S: pk }, SK: { S: sk } };
}

function rowOf({ key, data, version, expiresAt }: Item): Row {
  return {
    ...rowKey(key),
    version: { S: version },
    data: { S: JSON.stringify(data) },
    ...(expiresAt !== null && { expiresAt: { N: String(expiresAt) } }),
  };
}

function itemOf(row: Row): Item {
  const { PK, SK, version, data, expiresAt } = row;
  if (!PK?.S || !SK?.S || !version?.S || !data?.S) throw new StoreError('STORE_MALFORMED');
  return {
    key: { pk: PK.S, sk: SK.S },
    version: version.S,
    data: parseData(data.S),
    expiresAt: expiresAt?.N === undefined ? null : Number(expiresAt.N),
  };
}

function parseData(text: string): Data {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Data;
  } catch {
    // Falls through: the text may hold what no error may quote.
  }
  throw new StoreError('STORE_MALFORMED');
}

function fail(cause: unknown): never {
  throw cause instanceof StoreError ? cause : new StoreError('STORE_UNAVAILABLE', { cause });
}
