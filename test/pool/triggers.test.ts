/** Time-outs and retries, with functions that are late. */

import { SignUpCommand } from '@aws-sdk/client-cognito-identity-provider';
import { expect, it } from '@jest/globals';
import { APP_CLIENT_ID } from '../../sandbox/pool/settings.ts';
import { errorOf, PASSWORD, TestPool } from '../support/pool.ts';

const LIMIT_MS = 300;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const signUp = (pool: TestPool) =>
  pool.client.send(
    new SignUpCommand({ ClientId: APP_CLIENT_ID, Username: 'ada@example.com', Password: PASSWORD }),
  );

/** Takes so long, attempt by attempt. */
async function startWith(...delaysMs: number[]) {
  const ended: number[] = [];
  const pool = await TestPool.start(
    {
      PreSignUp: async ({ response }) => {
        const attempt = pool.events.length;
        await sleep(delaysMs[attempt - 1] ?? 0);
        ended.push(attempt);
        response.autoConfirmUser = attempt === 2;
      },
    },
    { triggerTimeLimitMs: LIMIT_MS },
  );
  return { pool, ended };
}

it('a late function is called again with the same event, while it goes on', async () => {
  const { pool, ended } = await startWith(LIMIT_MS * 3, 0);
  expect((await signUp(pool)).UserConfirmed).toBe(true);
  expect(pool.events).toHaveLength(2);
  expect(pool.events[1]).toEqual(pool.events[0]);
  expect(ended).toEqual([2]);
  await sleep(LIMIT_MS * 4);
  expect(ended).toEqual([2, 1]);
});

it('three late answers fail the call', async () => {
  const { pool, ended } = await startWith(...Array<number>(3).fill(LIMIT_MS * 3));
  expect(await errorOf(signUp(pool))).toEqual({
    name: 'UnexpectedLambdaException',
    message: 'PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.',
  });
  expect(pool.events).toHaveLength(3);
  while (ended.length < 3) await sleep(10);
});

it('a function that throws is not called again', async () => {
  const pool = await TestPool.start({
    PreSignUp: () => {
      throw new Error('no');
    },
  });
  await errorOf(signUp(pool));
  expect(pool.events).toHaveLength(1);
});
