/** The DynamoDB client; a chunk of its own in every bundle. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbStore } from '../store/dynamodb.ts';
import type { Store } from '../store/ports.ts';
import { CALL_LIMIT_MS, CLIENT_SETTINGS } from './aws-client.ts';

export function openDynamodb(tableName: string): Store {
  return dynamodbStore(new DynamoDBClient(CLIENT_SETTINGS), tableName, { limitMs: CALL_LIMIT_MS });
}
