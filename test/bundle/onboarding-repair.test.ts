/** What the token issue makes up for of onboarding, through the built pre-token-generation. */

import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Invocation, LocalFunction } from '../../sandbox/lambda.ts';
import { profileKey, unfinishedKey } from '../../shared/store/keys.ts';
import { type Functions, functionsWith } from '../support/bundles.ts';
import { refusal, wireUser } from '../../sandbox/aws/user-pool.ts';
import { WireCognito } from '../support/cognito.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { awsError } from '../../sandbox/aws/proxy.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { sampleEvent, type TriggerEvent, withAttributes } from '../support/trigger-events.ts';
import { type Left, leaveUnfinished } from '../support/unfinished.ts';

const POOL = 'eu-west-1_AbCdEf123';
const POLICY = `
version: 1
domains: { allow: [example.com] }
groups: { reader: {}, member: {}, editor: {} }
confirmed: { groups: [reader, member], welcome: true }
`;
/** Whether the user, and whether the client, is blocked is asked before everything else. */
const BLOCKS = ['GetItem', 'GetItem'];
const DUE = { groups: { reader: 'due', member: 'done' } };

const pool = new WireCognito();
const dynamodb = await startDynamodb();
const table = await startFaultyProxy(dynamodb.endpoint);
let functions: Functions;
let shared: Awaited<ReturnType<typeof dynamodb.table>>;
/** Warm, for what is not about the time that loading takes. */
let instances: LocalFunction[];
let people = 0;

beforeAll(async () => {
  functions = await functionsWith(POLICY);
  shared = await dynamodb.table();
  instances = [1, 2, 3].map(() => start());
  for (const instance of instances)
    for (let tries = 0, warm = false; !warm && tries < 20; tries++)
      warm = groupsIn(await instance.invoke((await someone(DUE)).sent)) !== undefined;
}, 120_000);
beforeEach(() => {
  pool.reset([], ['reader', 'member']);
  Object.assign(table, { otherwise: 'pass', next: [], requests: [] });
});

/** Somebody with a table of their own, and a profile as it was left; null: none. */
async function someone(left: Left | null, event = 'v2-hosted-auth') {
  const sub = `00000000-0000-4000-8000-${String(++people).padStart(12, '0')}`;
  pool.users.push(wireUser(sub, { sub }));
  const { store } = shared;
  if (left !== null) await leaveUnfinished(store, POOL, sub, left);
  const sent: TriggerEvent = {
    ...withAttributes(sampleEvent(`pre-token-generation/${event}`), { sub }),
    userName: sub,
  };
  return {
    sub,
    sent,
    profile: async () => (await store.get(profileKey(POOL, sub)))?.data,
    isListed: async () => (await store.get(unfinishedKey(POOL, sub))) !== null,
  };
}

type Someone = Awaited<ReturnType<typeof someone>>;

const start = (more: Record<string, string> = {}, from = functions) =>
  from.start('pre-token-generation', {
    APP_CLIENT_IDS: 'client1',
    ...pool.env,
    ...shared.env,
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    ...more,
  });
const issue = ({ sent }: Pick<Someone, 'sent'>, trigger = instances[0] as LocalFunction) =>
  trigger.invoke(sent);

/** The groups that the token will have. */
function groupsIn({ answer }: Invocation): unknown {
  const { response } = (answer as { payload: TriggerEvent }).payload;
  const details = response['claimsAndScopeOverrideDetails'] ?? response['claimsOverrideDetails'];
  return (details as { groupOverrideDetails?: { groupsToOverride?: unknown } } | null)?.groupOverrideDetails
    ?.groupsToOverride;
}
const codesOf = ({ logLines }: Invocation) =>
  logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .flatMap(({ message, code }) => (message === 'failure' ? [code] : []));

describe('a token issue', () => {
  it.each(['v1-authentication', 'v2-hosted-auth', 'v3-refresh'])(
    '%s gives the groups that are due, and the token carries them',
    async (event) => {
      const ada = await someone(DUE, event);
      const invocation = await issue(ada);
      expect(groupsIn(invocation)).toEqual(['editor', 'reader']);
      expect(pool.groups['reader']).toContain(ada.sub);
      expect(await ada.profile()).toMatchObject({ groups: { reader: 'done', member: 'done' }, busyUntil: 0 });
      expect(await ada.isListed()).toBe(false);
      expect(codesOf(invocation)).toEqual([]);
    },
  );

  it('leaves the mail to people: nobody sends it from here', async () => {
    const ada = await someone({ ...DUE, welcome: 'due' });
    await issue(ada);
    expect(await ada.profile()).toMatchObject({ groups: { reader: 'done', member: 'done' }, welcome: 'due' });
    expect(await ada.isListed()).toBe(true);
  });

  it('costs one read where nothing is due', async () => {
    const ada = await someone({ groups: { reader: 'done', member: 'done' } });
    expect(codesOf(await issue(ada))).toEqual([]);
    expect(table.requests).toEqual([...BLOCKS, 'GetItem']);
    expect(pool.calls).toEqual([]);
  });

  it('makes a profile for who has none, once, and gives no groups', async () => {
    const ada = await someone(null);
    expect(groupsIn(await issue(ada))).toBeUndefined();
    expect(await ada.profile()).toEqual({
      username: ada.sub,
      confirmedAt: null,
      groups: {},
      welcome: 'none',
      busyUntil: 0,
    });
    await issue(ada);
    expect(table.requests).toEqual([...BLOCKS, 'GetItem', 'PutItem', ...BLOCKS, 'GetItem']);
    expect(pool.calls).toEqual([]);
  });

  it('leaves a profile alone that somebody is working on', async () => {
    const ada = await someone({ ...DUE, busyUntil: Date.now() + 60_000 });
    expect(groupsIn(await issue(ada))).toBeUndefined();
    expect(pool.calls).toEqual([]);
  });

  it('three at once give a group once', async () => {
    const ada = await someone(DUE);
    const answers = await Promise.all(instances.map((each) => issue(ada, each)));
    expect(answers.every(({ answer }) => answer.ok)).toBe(true);
    expect(pool.calls).toHaveLength(1);
    expect(await ada.profile()).toMatchObject({ groups: { reader: 'done', member: 'done' } });
  });
});

describe('asks nothing of a profile', () => {
  it.each<[string, string[], (ada: Someone) => Promise<Invocation>]>([
    [
      'for a policy without `confirmed`',
      BLOCKS,
      async (ada) => issue(ada, start({}, await functionsWith(POLICY.replace(/confirmed.*/, '')))),
    ],
    ['without a table', [], (ada) => issue(ada, start({ TABLE_NAME: '' }))],
    ['while it observes', BLOCKS, (ada) => issue(ada, start({ MODE: 'observe' }))],
    [
      'for another client',
      [],
      (ada) => issue({ ...ada, sent: { ...ada.sent, callerContext: { clientId: 'client2' } } }),
    ],
    [
      'for a machine',
      ['GetItem'],
      (ada) => issue({ ...ada, sent: { ...sampleEvent('pre-token-generation/v3-client-credentials') } }),
    ],
    [
      'for whom the domain refuses',
      BLOCKS,
      (ada) => issue({ ...ada, sent: withAttributes(ada.sent, { email: 'eve@evil.example' }) }),
    ],
    ['without a user name', BLOCKS, (ada) => issue({ ...ada, sent: { ...ada.sent, userName: undefined } })],
  ])('%s', async (_, blocks, ask) => {
    const ada = await someone(DUE);
    await ask(ada);
    expect(table.requests).toEqual(blocks);
    expect(pool.calls).toEqual([]);
  });
});

describe('a failure is logged, and the sign-in goes on', () => {
  it.each<[string, () => void, RegExp]>([
    ['a table that hangs', () => (table.otherwise = 'hang'), /^(DEADLINE|STORE_UNAVAILABLE)$/],
    [
      'a table that fails',
      () => (table.otherwise = awsError('InternalServerError', 500)),
      /^STORE_UNAVAILABLE$/,
    ],
    [
      'a table that may not be read',
      () => (table.otherwise = awsError('AccessDeniedException')),
      /^STORE_UNAVAILABLE$/,
    ],
    [
      'a table that answers without end',
      () => (table.otherwise = 'trickle'),
      /^(DEADLINE|STORE_UNAVAILABLE)$/,
    ],
    ['a pool that hangs', () => (pool.misbehave = () => null), /^(DEADLINE|GROUP_UNREACHABLE)$/],
    [
      'a quota that is used up',
      () => (pool.misbehave = () => refusal('TooManyRequestsException')),
      /^GROUP_THROTTLED$/,
    ],
    ['a group that is not there', () => pool.reset(pool.users, []), /^GROUP_REFUSED$/],
  ])('%s', async (_, arrange, code) => {
    const ada = await someone(DUE);
    // Who cannot be looked up among the blocked gets no tokens at all: blocked.test.ts.
    table.next = BLOCKS.map(() => 'pass' as const);
    arrange();
    const begin = performance.now();
    const invocation = await issue(ada);
    expect(performance.now() - begin).toBeLessThan(3500);
    expect(invocation.answer.ok).toBe(true);
    expect(codesOf(invocation)).toEqual([expect.stringMatching(code)]);
    expect(invocation.logLines.join()).not.toMatch(/@|127\.0\.0\.1/);
    expect(groupsIn(invocation)).toBeUndefined();
    table.otherwise = 'pass';
    expect(await ada.profile()).toMatchObject(DUE);
  });

  it('a profile that is none of ours', async () => {
    const ada = await someone({ busyUntil: 'soon' as never });
    const invocation = await issue(ada);
    expect(invocation.answer.ok).toBe(true);
    expect(codesOf(invocation)).toEqual(['STORE_MALFORMED']);
  });
});
