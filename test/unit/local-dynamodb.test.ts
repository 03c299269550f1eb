/** The local table ends well whatever it is at work on: an error of its database would end the process. */

import { request } from 'node:http';
import { setImmediate as tick } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { startDynamoDb, TABLE_NAME } from '../../sandbox/aws/dynamodb.ts';

const QUERY = JSON.stringify({
  TableName: TABLE_NAME,
  KeyConditionExpression: 'PK = :pk',
  ExpressionAttributeValues: { ':pk': { S: 'CUT' } },
});

/** Asked, and the answer not waited for, as of a function that is ended. */
function ask(url: string): void {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.Query',
    'x-amz-date': '20260101T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=x',
  };
  request(url, { method: 'POST', headers })
    .on('error', () => undefined)
    .end(QUERY);
}

it('closes behind requests that are on their way, at every moment of them', async () => {
  let closed = 0;
  for (let ticks = 0; ticks < 60; ticks++) {
    const table = await startDynamoDb();
    for (let requests = 0; requests < 5; requests++) ask(table.url);
    for (let waited = 0; waited < ticks; waited++) await tick();
    await table.close();
    closed++;
  }
  expect(closed).toBe(60);
});
