/** The DynamoDB adapter with a function's own client, when the network and the table misbehave. */

import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LOCAL_CREDENTIALS } from '../../sandbox/aws/account.ts';
import { CALL_LIMIT_MS, CLIENT_SETTINGS } from '../../shared/runtime/aws-client.ts';
import { dynamodbStore } from '../../shared/store/dynamodb.ts';
import { inviteKey } from '../../shared/store/keys.ts';
import type { Item, Store } from '../../shared/store/ports.ts';
import { type Answer, awsError, type Fault } from '../../sandbox/aws/proxy.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { startDynamodb } from '../support/dynamodb.ts';

const dynamodb = await startDynamodb();
const proxy = await startFaultyProxy(dynamodb.endpoint);
const deserted = await startFaultyProxy(null);
await deserted.close();
const key = inviteKey('ada@example.com');
let table: string;
let store: Store;
const clients: DynamoDBClient[] = [];

const storeAt = (endpoint: string) => {
  const client = new DynamoDBClient({
    ...CLIENT_SETTINGS,
    endpoint,
    region: 'eu-west-1',
    credentials: LOCAL_CREDENTIALS,
  });
  clients.push(client);
  return dynamodbStore(client, table, { limitMs: CALL_LIMIT_MS });
};
afterAll(() => {
  for (const client of clients) client.destroy();
});

beforeEach(async () => {
  ({ name: table } = await dynamodb.table());
  store = storeAt(proxy.endpoint);
  Object.assign(proxy, { next: [], otherwise: 'pass' });
  proxy.requests.length = 0;
});

const make = async (n = 0) => (await store.create(key, { n }, null)) as Item;
const rowNow = async () =>
  (
    await dynamodb.client.send(
      new GetItemCommand({ TableName: table, Key: { PK: { S: key.pk }, SK: { S: key.sk } } }),
    )
  ).Item;

/** As AWS answers, and dynalite does not: with the item that is in the way. */
const withItem = async (answer: Answer): Promise<Answer> =>
  answer.body.includes('ConditionalCheckFailed')
    ? { ...answer, body: JSON.stringify({ ...JSON.parse(answer.body), Item: await rowNow() }) }
    : answer;

describe.each<[string, Fault, string[]]>([
  ['as on AWS, with the item in the answer', withItem, []],
  ['without the item in the answer', 'pass', ['GetItem']],
])('a condition that does not hold, %s', (_, answering, andThen) => {
  it('is no failure where the write in the way is our own, whose answer was lost', async () => {
    proxy.next = ['cut', answering];
    const item = await make();
    expect(item).toMatchObject({ data: { n: 0 } });
    expect(proxy.requests).toEqual(['PutItem', 'PutItem', ...andThen]);
    expect(await store.get(key)).toEqual(item);

    proxy.next = ['cut', answering];
    const next = await store.replace(item, { n: 1 }, null);
    expect(next).toMatchObject({ data: { n: 1 } });
    expect(await store.get(key)).toEqual(next);
  });

  it('is one where it is another’s', async () => {
    const item = await make();
    proxy.requests.length = 0;
    proxy.next = [answering];
    expect(await store.create(key, { other: true }, null)).toBeNull();
    expect(proxy.requests).toEqual(['PutItem', ...andThen]);
    const next = (await store.replace(item, { n: 1 }, null)) as Item;
    proxy.next = ['cut', answering];
    expect(await store.replace(item, { n: 2 }, null)).toBeNull();
    expect(await store.get(key)).toEqual(next);
  });
});

describe('a removal whose answer was lost', () => {
  it('is done, and says that the item is not there any more', async () => {
    const item = await make();
    proxy.next = ['cut'];
    expect(await store.remove(item)).toBe(false);
    expect(await rowNow()).toBeUndefined();
  });
});

describe('a table that cannot be had', () => {
  // How long it may take on a machine with other work; CALL_LIMIT_MS is what it takes at the most.
  const SLACK_MS = 1000;

  interface Called {
    answer: unknown;
    ms: number;
    attempts: number;
  }

  /** Every call at once; or, with a fault for the first attempt of each, one after the other. */
  async function callAll(first?: Fault): Promise<Record<string, Called>> {
    const mine = async (name: string) => (await store.create(inviteKey(name), {}, null)) as Item;
    const [replaced, removed] = [await mine('replaced'), await mine('removed')];
    const calls: Record<string, [string, () => Promise<unknown>]> = {
      get: ['GetItem', () => faulty.get(replaced.key)],
      create: ['PutItem', () => faulty.create(inviteKey('created'), {}, null)],
      replace: ['PutItem', () => faulty.replace(replaced, { n: 1 }, null)],
      remove: ['DeleteItem', () => faulty.remove(removed)],
      list: ['Query', () => faulty.list(key.pk)[Symbol.asyncIterator]().next()],
    };
    proxy.requests.length = 0;
    const timed = async ([target, call]: [string, () => Promise<unknown>]): Promise<Called> => {
      const start = performance.now();
      const answer: unknown = await call().catch((error: unknown) => error);
      const attempts = proxy.requests.filter((each) => each === target).length;
      return { answer, ms: performance.now() - start, attempts };
    };
    const called: Record<string, Promise<Called>> = {};
    for (const [name, call] of Object.entries(calls)) {
      if (first) proxy.next = [first];
      called[name] = timed(call);
      if (first) await called[name];
    }
    const names = Object.keys(called);
    return Object.fromEntries((await Promise.all(Object.values(called))).map((each, n) => [names[n], each]));
  }

  let faulty: Store;
  beforeEach(() => {
    store = dynamodbStore(dynamodb.client, table, { limitMs: CALL_LIMIT_MS });
    faulty = storeAt(proxy.endpoint);
  });

  it.each<[string, Fault]>([
    ['never answers', 'hang'],
    ['closes the connection', 'reset'],
    ['lets its answer trickle in', 'trickle'],
    ['throttles', awsError('ThrottlingException')],
    ['is out of throughput', awsError('ProvisionedThroughputExceededException')],
    [
      'throttles, and asks for an hour',
      { ...awsError('ThrottlingException'), headers: { 'retry-after': '3600' } },
    ],
    ['fails', awsError('InternalServerError', 500)],
    ['is out of order', { status: 503, body: '<html>Service Unavailable</html>' }],
    ['refuses us', awsError('AccessDeniedException')],
    ['is not there', awsError('ResourceNotFoundException')],
    ['takes none of it', awsError('ValidationException')],
    ['answers no JSON', { status: 200, body: '<html>OK</html>' }],
    ['answers half of it', { status: 200, body: '{"Item": {"PK": {"S": "IN' }],
    ['answers longer than it says', { status: 200, body: '{}', headers: { 'content-length': '1' } }],
    ['answers less than it says', { status: 200, body: '{}', headers: { 'content-length': '1000' } }],
  ])('is a StoreError in time when it %s', async (_, fault) => {
    proxy.otherwise = fault;
    for (const [name, { answer, ms, attempts }] of Object.entries(await callAll())) {
      expect({ name, answer }).toMatchObject({ answer: { name: 'StoreError', code: 'STORE_UNAVAILABLE' } });
      // Nothing of what was asked, nor of what was answered.
      expect(String(answer)).toBe('StoreError: the table does not answer as it should');
      expect(ms).toBeLessThan(CALL_LIMIT_MS + SLACK_MS);
      expect(attempts).toBeLessThanOrEqual(name === 'create' || name === 'replace' ? 4 : 2);
    }
  });

  it('is a StoreError at once when nobody listens', async () => {
    faulty = storeAt(deserted.endpoint);
    for (const [name, { answer, ms }] of Object.entries(await callAll())) {
      expect({ name, answer }).toMatchObject({ answer: { name: 'StoreError', code: 'STORE_UNAVAILABLE' } });
      expect(ms).toBeLessThan(SLACK_MS);
    }
  });

  it.each<[string, Fault]>([
    ['lost before it was done', 'reset'],
    ['throttled', awsError('ThrottlingException')],
    ['failed', awsError('InternalServerError', 500)],
    ['never answered', 'hang'],
  ])('is had at the second attempt if the first is %s', async (_, fault) => {
    const answers = Object.entries(await callAll(fault)).map(([name, { answer }]) => [name, answer]);
    expect(Object.fromEntries(answers)).toMatchObject({
      get: { version: expect.any(String) },
      create: { version: expect.any(String) },
      replace: { data: { n: 1 } },
      remove: true,
      list: { value: { version: expect.any(String) } },
    });
  });
});

describe('rows that the adapter has not written', () => {
  const good = { version: { S: 'v' }, data: { S: '{}' } };

  it.each<[string, Record<string, AttributeValue>]>([
    ['no version', { data: good.data }],
    ['no data', { version: good.version }],
    ['data that is no JSON', { ...good, data: { S: '{"secret":' } }],
    ['data that is no object', { ...good, data: { S: '[1]' } }],
    ['data that is null', { ...good, data: { S: 'null' } }],
    ['data of another type', { ...good, data: { M: {} } }],
    ['a version of another type', { ...good, version: { N: '1' } }],
    ['an expiry that is text', { ...good, expiresAt: { S: '2000' } }],
    ['an expiry that is null', { ...good, expiresAt: { NULL: true } }],
  ])('are refused with %s', async (_, row) => {
    await dynamodb.client.send(
      new PutItemCommand({
        TableName: table,
        Item: { PK: { S: key.pk }, SK: { S: key.sk }, ...row },
      }),
    );
    const malformed = { name: 'StoreError', code: 'STORE_MALFORMED' };
    await expect(store.get(key)).rejects.toMatchObject(malformed);
    await expect(store.list(key.pk)[Symbol.asyncIterator]().next()).rejects.toMatchObject(malformed);
    if (!('expiresAt' in row)) await expect(store.create(key, {}, null)).rejects.toMatchObject(malformed);
  });

  it('are refused where there are none at all', async () => {
    proxy.otherwise = { status: 200, body: '{"Count": 0}' };
    await expect(store.list(key.pk)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'STORE_MALFORMED',
    });
  });
});

it('a list reads a page when it gets there, and not before', async () => {
  for (const n of [1, 2, 3, 4])
    await store.create({ pk: 'P', sk: `${n}` }, { text: 'x'.repeat(390_000) }, null);
  proxy.requests.length = 0;
  const items = store.list('P')[Symbol.asyncIterator]();
  for (const n of [1, 2, 3]) expect((await items.next()).value).toMatchObject({ key: { sk: `${n}` } });
  expect(proxy.requests).toEqual(['Query']);
  proxy.otherwise = awsError('AccessDeniedException');
  await expect(items.next()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
