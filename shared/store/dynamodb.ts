/** The table in DynamoDB. Import it lazily: the client is most of a cold start. */

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { inTime } from '../in-time.ts';
import { compareSortKeys, isLive, newItem } from './item.ts';
import { type Data, type Item, type Key, type Store, StoreError } from './ports.ts';

type Row = Record<string, AttributeValue>;

/** A condition on what is there already. */
interface Condition {
  ConditionExpression: string;
  ExpressionAttributeValues: Row;
}

export interface DynamodbOptions {
  /** Milliseconds. */
  now?: () => number;
  /**
   * How long one call may take in all: attempts, pauses, and the body of an answer, which the client's own limits let
   * trickle in for ever. A `list` may take it for each page.
   */
  limitMs: number;
}

/** `client` has limits of its own for connecting and for each attempt. */
export function dynamodbStore(
  client: DynamoDBClient,
  table: string,
  { now = Date.now, limitMs }: DynamodbOptions,
): Store {
  const seconds = () => Math.floor(now() / 1000);
  const alive = (item: Item) => (isLive(item, now()) ? item : null);

  /** Throws `StoreError`, but for a condition that does not hold. */
  async function ask<Answer>(
    send: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await inTime(send({ abortSignal: AbortSignal.timeout(limitMs) }), limitMs);
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) throw cause;
      throw new StoreError('STORE_UNAVAILABLE', { cause });
    }
  }

  async function get(key: Key): Promise<Item | null> {
    const command = new GetItemCommand({ TableName: table, Key: rowKey(key), ConsistentRead: true });
    const { Item: row } = await ask((options) => client.send(command, options));
    return row ? alive(itemOf(row)) : null;
  }

  async function put({ item, text }: ReturnType<typeof newItem>, condition: Condition): Promise<Item | null> {
    const command = new PutItemCommand({
      TableName: table,
      Item: rowOf(item, text),
      ...condition,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await ask((options) => client.send(command, options));
      return item;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // The client tries again when an answer is lost: what is in the way may be what we wrote ourselves.
      const there = error.Item ? itemOf(error.Item) : await get(item.key);
      return there?.version === item.version ? item : null;
    }
  }

  async function remove({ key, version }: Item): Promise<boolean> {
    const command = new DeleteItemCommand({
      TableName: table,
      Key: rowKey(key),
      ...isStill(version, seconds()),
    });
    try {
      await ask((options) => client.send(command, options));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function* list(
    pk: string,
    { prefix = '', after = '' }: { prefix?: string; after?: string } = {},
  ): AsyncGenerator<Item> {
    // DynamoDB takes any key to start behind, there or not, but none outside of the prefix.
    const isInside = after.startsWith(prefix);
    if (!isInside && compareSortKeys(after, prefix) > 0) return;
    let start: Row | undefined = isInside && after !== '' ? rowKey({ pk, sk: after }) : undefined;
    do {
      const command = new QueryCommand({
        TableName: table,
        ...withPrefix(pk, prefix),
        ConsistentRead: true,
        ExclusiveStartKey: start,
      });
      const page = await ask((options) => client.send(command, options));
      if (!page.Items) throw new StoreError('STORE_MALFORMED');
      for (const row of page.Items) {
        const item = alive(itemOf(row));
        if (item !== null) yield item;
      }
      start = page.LastEvaluatedKey;
    } while (start);
  }

  return {
    get,
    create: async (key, data, expiresAt) =>
      put(newItem(key, data, expiresAt), {
        ConditionExpression: 'attribute_not_exists(PK) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': { N: String(seconds()) } },
      }),
    replace: async ({ key, version }, data, expiresAt) =>
      put(newItem(key, data, expiresAt), isStill(version, seconds())),
    remove,
    list,
  };
}

function isStill(version: string, nowSeconds: number): Condition {
  return {
    ConditionExpression: 'version = :version AND (attribute_not_exists(expiresAt) OR expiresAt > :now)',
    ExpressionAttributeValues: { ':version': { S: version }, ':now': { N: String(nowSeconds) } },
  };
}

function withPrefix(pk: string, prefix: string) {
  return prefix === ''
    ? { KeyConditionExpression: 'PK = :pk', ExpressionAttributeValues: { ':pk': { S: pk } } }
    : {
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :prefix)',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':prefix': { S: prefix } },
      };
}

function rowKey({ pk, sk }: Key): Row {
  return { PK: { S: pk }, SK: { S: sk } };
}

function rowOf({ key, version, expiresAt }: Item, text: string): Row {
  return {
    ...rowKey(key),
    version: { S: version },
    data: { S: text },
    ...(expiresAt !== null && { expiresAt: { N: String(expiresAt) } }),
  };
}

/** Whatever is not as `rowOf` writes it is refused: an expiry in another form would be none. */
function itemOf({ PK, SK, version, data, expiresAt }: Row): Item {
  const expiry = expiresAt === undefined ? null : Number(expiresAt.N ?? Number.NaN);
  if (!PK?.S || !SK?.S || !version?.S || !data?.S || Number.isNaN(expiry))
    throw new StoreError('STORE_MALFORMED');
  return { key: { pk: PK.S, sk: SK.S }, version: version.S, data: parseData(data.S), expiresAt: expiry };
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
