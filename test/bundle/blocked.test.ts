/** Who is blocked gets no tokens: pre-token-generation, as built, with the table over a socket. */

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { block, unblock } from '../../shared/store/blocks.ts';
import { blockKey } from '../../shared/store/keys.ts';
import type { Store } from '../../shared/store/ports.ts';
import { auditOf, type Functions, functionsWith } from '../support/bundles.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { awsError, type Fault } from '../../sandbox/aws/proxy.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { GENERIC, sampleEvent, type TriggerEvent } from '../support/trigger-events.ts';

const dynamodb = await startDynamodb();
const proxy = await startFaultyProxy(dynamodb.endpoint);
const BLOCKED = 'This account is blocked';
const SOURCES = ['v1-authentication', 'v1-refresh', 'v2-hosted-auth', 'v3-refresh', 'v3-client-credentials'];
const event = (name = 'v2-hosted-auth') => sampleEvent(`pre-token-generation/${name}`);
const { userPoolId: POOL, request } = event() as TriggerEvent & { userPoolId: string };
const SUB = String((request['userAttributes'] as Record<string, unknown>)['sub']);
const CLIENT = 'client1';

let functions: Functions;
let store: Store;
let env: Record<string, string>;

beforeAll(async () => {
  functions = await functionsWith('version: 1\ndomains: { allow: [example.com] }\n');
});
beforeEach(async () => {
  const table = await dynamodb.table();
  store = table.store;
  env = { ...table.env, AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint, APP_CLIENT_IDS: '*' };
  Object.assign(proxy, { next: [], otherwise: 'pass' });
  proxy.requests.length = 0;
});
afterEach(() => functions.stop());

const invoke = (input: unknown, change: Record<string, string> = {}) =>
  functions.start('pre-token-generation', { ...env, ...change }).invoke(input);
const put = (kind: 'user' | 'client', value: string, pool = POOL) =>
  block(store, { kind, pool, value }, { write: true, since: 1 });

describe('a block', () => {
  it.each(SOURCES)('of a client refuses tokens of every source: %s', async (name) => {
    await put('client', (event(name)['callerContext'] as { clientId: string }).clientId);
    const invocation = await invoke(event(name));
    expect(invocation.answer).toMatchObject({ ok: false, errorMessage: BLOCKED });
    expect(auditOf(invocation)).toMatchObject({ effect: 'deny', code: 'blocked' });
  });

  it.each(SOURCES.slice(0, -1))('of a user refuses theirs: %s', async (name) => {
    const { sub } = event(name).request['userAttributes'] as { sub: string };
    await put('user', sub);
    expect((await invoke(event(name))).answer).toMatchObject({ ok: false, errorMessage: BLOCKED });
  });

  it.each<[string, 'user' | 'client', string, string]>([
    ['another user', 'user', 'other', POOL],
    ['the user of another pool', 'user', SUB, 'eu-west-1_Other'],
    ['another client', 'client', 'other', POOL],
    ['a client that is called as the user', 'client', SUB, POOL],
  ])('of %s is not theirs', async (_, kind, value, pool) => {
    await put(kind, value, pool);
    const { answer } = await invoke(event());
    expect(JSON.stringify(answer)).toContain('"gatehouse_domain":"example.com"');
  });

  it('ends when it is lifted', async () => {
    await put('user', SUB);
    await unblock(store, { kind: 'user', pool: POOL, value: SUB }, { write: true });
    expect((await invoke(event())).answer.ok).toBe(true);
  });

  it('is counted, and refuses nobody, with MODE=observe', async () => {
    await put('client', CLIENT);
    const invocation = await invoke(event(), { MODE: 'observe' });
    expect(invocation.answer).toEqual({ ok: true, payload: event() });
    expect(auditOf(invocation)).toMatchObject({ effect: 'would_deny', code: 'blocked' });
  });

  it('is looked up for those whom the policy governs, and nowhere without a table', async () => {
    expect((await invoke(event(), { APP_CLIENT_IDS: 'other' })).answer.ok).toBe(true);
    expect((await invoke(event(), { TABLE_NAME: '' })).answer.ok).toBe(true);
    expect(proxy.requests).toEqual([]);
    await invoke(event());
    expect(proxy.requests).toEqual(['GetItem', 'GetItem']);
  });
});

describe('a block that cannot be looked up', () => {
  const FAULTS: [string, Fault][] = [
    ['hangs', 'hang'],
    ['refuses us', awsError('AccessDeniedException')],
    ['throttles', awsError('ProvisionedThroughputExceededException')],
    ['lets its answer trickle in', 'trickle'],
    ['answers no JSON', { status: 200, body: '<html>' }],
  ];

  it.each(FAULTS)('is none that is passed, in time, when the table %s', async (_, fault) => {
    proxy.otherwise = fault;
    const from = performance.now();
    const { answer, logLines } = await invoke(event());
    expect(answer).toMatchObject({ ok: false, errorMessage: GENERIC });
    expect(performance.now() - from).toBeLessThan(4000);
    expect(JSON.parse(logLines.at(-1) ?? '{}')).toMatchObject({
      error: 'StoreError',
      code: 'STORE_UNAVAILABLE',
    });
    expect(logLines.join('\n')).not.toContain(SUB);
  });

  it('refuses nobody with MODE=observe, is logged, and the tokens get what an enforcing authorizer asks for', async () => {
    proxy.otherwise = awsError('AccessDeniedException');
    const { answer, logLines } = await invoke(event(), { MODE: 'observe' });
    expect(JSON.stringify(answer)).toContain('"gatehouse_domain":"example.com"');
    expect(logLines.join('\n')).toContain('"error":"StoreError"');
  });

  it.each([undefined, null, 7])('is none that is passed: an event without a sub (%p)', async (sub) => {
    const without = event();
    without.request['userAttributes'] = { ...(without.request['userAttributes'] as object), sub };
    expect((await invoke(without)).answer).toMatchObject({ ok: false, errorMessage: GENERIC });
  });

  it('counts whatever its item says', async () => {
    await store.create(blockKey(POOL, 'user', SUB), {}, null);
    expect((await invoke(event())).answer).toMatchObject({ ok: false, errorMessage: BLOCKED });
  });
});
