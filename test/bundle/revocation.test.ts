/** The authorizer with a table: its own bundle, and DynamoDB over a socket that counts and can fail. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { LocalFunction } from '../../sandbox/lambda.ts';
import { appendCuts } from '../../shared/store/cut-journal.ts';
import type { CutKind } from '../../shared/store/cuts.ts';
import { cutsKey } from '../../shared/store/keys.ts';
import type { Store } from '../../shared/store/ports.ts';
import { auditOf, buildFunctions, Functions, temporaryFolder } from '../support/bundles.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { http2Event, restRequestEvent } from '../support/events.ts';
import { awsError } from '../../sandbox/aws/proxy.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { accessClaims, CLIENT, idClaims, machineClaims, POOL, rsaKey, signJwt } from '../support/tokens.ts';

const KEY = rsaKey('key-1');
const folder = temporaryFolder();
const dynamodb = await startDynamodb();
const proxy = await startFaultyProxy(dynamodb.endpoint);
const functions = new Functions(folder.path);
const nowSeconds = () => Math.floor(Date.now() / 1000);
const SUB = String(idClaims(0)['sub']);

let store: Store;
let env: Record<string, string>;

beforeAll(async () => {
  const policy = folder.write(
    'policy.yml',
    'version: 1\nrules: [{ id: all, allow: ["GET /articles/**"] }]\n',
  );
  expect(await buildFunctions(folder.path, policy)).toMatchObject({ code: 0 });
});

beforeEach(async () => {
  const table = await dynamodb.table();
  store = table.store;
  env = {
    ...table.env,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
    USER_POOL_IDS: POOL,
    APP_CLIENT_IDS: CLIENT,
    TOKEN_USE: 'any',
    JWKS: JSON.stringify({ keys: [KEY.jwk] }),
  };
  Object.assign(proxy, { next: [], otherwise: 'pass' });
  proxy.requests.length = 0;
});

afterEach(() => functions.stop());

const start = (change: Record<string, string> = {}) => functions.start('authorizer', { ...env, ...change });
const tokenOf = (claims: object) => signJwt(claims, KEY);
const userToken = (change = {}) =>
  tokenOf(accessClaims(nowSeconds(), { jti: 'j1', origin_jti: 'o1', ...change }));
const eventFor = (token: string) => restRequestEvent({ authorization: `Bearer ${token}` });
const revoke = (kind: CutKind, value: string, at: number | null = nowSeconds()) =>
  appendCuts(store, [{ kind, pool: POOL, value, at, expiresAt: nowSeconds() + 86_400 }]);

/** What comes of a request: the decision's code, or the error. */
async function ask(authorizer: LocalFunction, token: string): Promise<string> {
  const invocation = await authorizer.invoke(eventFor(token));
  if (!invocation.answer.ok) return invocation.answer.errorMessage;
  const { effect, code } = auditOf(invocation);
  const [statement] = (invocation.answer.payload as { policyDocument: { Statement: [{ Effect: string }] } })
    .policyDocument.Statement;
  expect(statement.Effect.toLowerCase()).toBe(effect);
  return String(code);
}

const OUR_FAILURE = 'This is not possible right now. Please try again later';
const until = async (authorizer: LocalFunction, token: string, code: string) => {
  const from = performance.now();
  while ((await ask(authorizer, token)) !== code) {
    if (performance.now() - from > 10_000) throw new Error(`no ${code} in 10 s`);
    await sleep(50);
  }
  return (performance.now() - from) / 1000;
};

describe('a cut', () => {
  it.each<[CutKind, string]>([
    ['user', SUB],
    ['session', 'o1'],
    ['token', 'j1'],
    ['client', CLIENT],
    ['all', ''],
  ])('of kind %s denies with `revoked`, from the first decision on', async (kind, value) => {
    await revoke(kind, value);
    const authorizer = start();
    expect(await ask(authorizer, userToken())).toBe('revoked');
    const another = { sub: 'other', jti: 'j2', origin_jti: 'o2' };
    expect(await ask(authorizer, userToken(another))).toBe(
      kind === 'client' || kind === 'all' ? 'revoked' : 'allowed',
    );
    // Signed in anew, under a new name of the session and the token.
    const anew = { ...another, sub: SUB, auth_time: nowSeconds() + 1 };
    expect(await ask(authorizer, userToken(anew))).toBe('allowed');
  });

  it('of a client denies its machines, by when the token was issued', async () => {
    const at = nowSeconds() - 10;
    await revoke('client', CLIENT, at);
    const authorizer = start();
    expect(await ask(authorizer, tokenOf(machineClaims(nowSeconds(), { iat: at })))).toBe('revoked');
    expect(await ask(authorizer, tokenOf(machineClaims(nowSeconds(), { iat: at + 1 })))).toBe('allowed');
  });

  it('is a refusal on every front, not a 401', async () => {
    await revoke('user', SUB);
    const { answer } = await start().invoke(http2Event({ authorization: `Bearer ${userToken()}` }));
    expect(answer).toMatchObject({ ok: true, payload: { isAuthorized: false } });
  });

  it('reaches a token that is remembered within the refresh time, and lets go when it is taken back', async () => {
    const authorizer = start({ POLICY_REFRESH_SECONDS: '2' });
    const token = userToken();
    for (const _ of [1, 2]) expect(await ask(authorizer, token)).toBe('allowed');
    await revoke('user', SUB);
    expect(await until(authorizer, token, 'revoked')).toBeLessThan(3.5);
    await revoke('user', SUB, null);
    expect(await until(authorizer, token, 'allowed')).toBeLessThan(3.5);
  });
});

describe('the table is asked', () => {
  it('once for the first decision, and not for the thousand that follow', async () => {
    await revoke('user', 'somebody');
    const authorizer = start();
    for (let n = 0; n < 1000; n++)
      expect(await ask(authorizer, userToken({ jti: `j${n % 20}`, auth_time: n % 20 }))).toBe('allowed');
    expect(proxy.requests).toEqual(['Query']);
  });

  it('by no request whose token is bad, which waits for nothing either', async () => {
    proxy.otherwise = 'hang';
    const authorizer = start();
    const from = performance.now();
    expect(await ask(authorizer, `${userToken().slice(0, -4)}AAAA`)).toBe('Unauthorized');
    expect(performance.now() - from).toBeLessThan(1400);
  });

  it('never without TABLE_NAME, and its client is not loaded', async () => {
    const bare = temporaryFolder();
    cpSync(join(folder.path, 'authorizer'), join(bare.path, 'authorizer'), { recursive: true });
    for (const file of readdirSync(join(bare.path, 'authorizer')))
      if (readFileSync(join(bare.path, 'authorizer', file), 'utf8').includes('DynamoDB_20120810'))
        rmSync(join(bare.path, 'authorizer', file));
    const without = new Functions(bare.path);
    const { TABLE_NAME: _, ...rest } = env;
    expect(await ask(without.start('authorizer', rest), userToken())).toBe('allowed');
    expect(await ask(without.start('authorizer', env), userToken())).toBe(OUR_FAILURE);
    expect(proxy.requests).toEqual([]);
  });
});

describe('a table that does not answer', () => {
  it.each<[string, typeof proxy.otherwise, number]>([
    ['hangs', 'hang', 1400],
    ['refuses us', awsError('AccessDeniedException'), 0],
    ['lets its answer trickle in', 'trickle', 1400],
  ])(
    'and %s: 500 within 1.5 s at a cold start, and allowed as soon as it does',
    async (_, fault, atLeastMs) => {
      proxy.otherwise = fault;
      const authorizer = start();
      await authorizer.invoke({}); // Loads the bundle.
      const from = performance.now();
      expect(await ask(authorizer, userToken())).toBe(OUR_FAILURE);
      const ms = performance.now() - from;
      expect(ms).toBeLessThan(2500);
      expect(ms).toBeGreaterThanOrEqual(atLeastMs === 0 ? 0 : 500);
      proxy.otherwise = 'pass';
      await until(authorizer, userToken(), 'allowed');
    },
  );

  it('is logged by name, and says nothing of what was asked', async () => {
    proxy.otherwise = awsError('AccessDeniedException');
    const { logLines } = await start().invoke(eventFor(userToken()));
    const failure = JSON.parse(logLines.at(-1) ?? '{}') as object;
    expect(failure).toMatchObject({ message: 'failure', error: 'StoreError', code: 'STORE_UNAVAILABLE' });
    expect(logLines.join('\n')).not.toMatch(/eyJ|CUT/);
  });

  it('leaves the last good snapshot to serve up to its bound; then 500, until it is back', async () => {
    const authorizer = start({ POLICY_REFRESH_SECONDS: '1', MAX_STALE_SECONDS: '4' });
    await revoke('user', 'cut-off');
    const [good, cut] = [userToken(), userToken({ sub: 'cut-off' })];
    expect([await ask(authorizer, good), await ask(authorizer, cut)]).toEqual(['allowed', 'revoked']);
    const from = performance.now();
    proxy.otherwise = awsError('InternalServerError', 500);
    while (performance.now() - from < 3000) {
      expect([await ask(authorizer, good), await ask(authorizer, cut)]).toEqual(['allowed', 'revoked']);
      await sleep(100);
    }
    await sleep(1500);
    expect(await ask(authorizer, good)).toBe(OUR_FAILURE);
    proxy.otherwise = 'pass';
    expect(await ask(authorizer, good)).toBe('allowed');
  });

  it('is no reason to decide on what cannot be read', async () => {
    await store.create(cutsKey(1), { entries: [{ kind: 'later', pool: POOL }] }, null);
    expect(await ask(start(), userToken())).toBe(OUR_FAILURE);
  });
});

describe('a process that was frozen', () => {
  let child: ChildProcess | null = null;
  afterEach(() => {
    child?.kill('SIGKILL');
    child = null;
  });

  const startChild = (change: Record<string, string>) => {
    child = fork(
      join(import.meta.dirname, '..', 'support', 'freezable-worker.ts'),
      [join(folder.path, 'authorizer', 'index.mjs')],
      { env: { ...env, ...change }, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
    );
    const running = child;
    return {
      decide: async (token: string) => {
        running.send(eventFor(token));
        const [{ payload, error }] = (await once(running, 'message')) as [
          { payload?: { context: Record<string, unknown> }; error?: string },
        ];
        return error ?? payload?.context['decision'];
      },
      freeze: () => running.kill('SIGSTOP'),
      thaw: () => running.kill('SIGCONT'),
    };
  };

  it('does not decide on what it knew before', async () => {
    const frozen = startChild({ POLICY_REFRESH_SECONDS: '2' });
    const token = userToken();
    expect(await frozen.decide(token)).toBe('allowed');
    frozen.freeze();
    await revoke('user', SUB);
    await sleep(2500);
    frozen.thaw();
    expect(await frozen.decide(token)).toBe('revoked');
  });

  it('does not take an answer for fresh that came while it was frozen', async () => {
    const frozen = startChild({ POLICY_REFRESH_SECONDS: '2' });
    const token = userToken();
    expect(await frozen.decide(token)).toBe('allowed');
    await sleep(1500);
    // Asks in the background; the answer, without the cut, is on its way when the process stops.
    proxy.next = [
      async (answer) => {
        await sleep(200);
        return answer;
      },
    ];
    expect(await frozen.decide(token)).toBe('allowed');
    await sleep(100);
    frozen.freeze();
    await revoke('user', SUB);
    await sleep(2500);
    frozen.thaw();
    expect(await frozen.decide(token)).toBe('revoked');
  });
});
