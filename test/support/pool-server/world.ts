/** A pool that serves users, and a stack of ours beside it; and the command, run against them. */

import { execFile } from 'node:child_process';
import { POOL_TRIGGERS, outputOf, type Trigger } from '../../../shared/pool/triggers.ts';
import { AppClient } from './app-client.ts';
import { Pool, type PoolBehaviour } from './pool.ts';
import type { Json } from './schema.ts';
import type { PoolServer } from './server.ts';

export const POOL_ID = 'eu-west-1_AbCdEf123';
export const STACK = 'gatehouse-dev';
export const AUTHORIZER = functionArn('gatehouse-dev-authorizer');

export const OURS = Object.fromEntries(
  POOL_TRIGGERS.map((trigger) => [trigger, functionArn(`gatehouse-dev-${trigger}`)]),
) as Record<Trigger, string>;

export function functionArn(name: string, region = 'eu-west-1'): string {
  return `arn:aws:lambda:${region}:123456789012:function:${name}`;
}

/** What every trigger function of the stack has, before a test says otherwise. */
export const ENVIRONMENT = { APP_CLIENT_IDS: 'webclient', MODE: 'observe', SOMETHING: 'else' };

/** A server that holds the pool with these settings, two app clients, and the whole stack. */
export function furnish(server: PoolServer, settings: Json, behaviour: Partial<PoolBehaviour> = {}): Pool {
  server.reset();
  const pool = new Pool(POOL_ID, settings, behaviour);
  server.pools.set(POOL_ID, pool);
  server.clients.set(POOL_ID, [
    new AppClient(POOL_ID, 'webclient', {
      ClientName: 'web',
      ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      CallbackURLs: ['https://app.example.com/signed-in'],
      PreventUserExistenceErrors: 'ENABLED',
    }),
    new AppClient(POOL_ID, 'oldclient', { ClientName: 'old' }),
  ]);
  for (const arn of Object.values(OURS)) server.functions.add(arn, { ...ENVIRONMENT });
  server.functions.add(AUTHORIZER, { USER_POOL_IDS: POOL_ID, APP_CLIENT_IDS: 'webclient' });
  server.stacks.set(STACK, {
    AuthorizerArn: AUTHORIZER,
    UserPoolId: POOL_ID,
    ...Object.fromEntries(POOL_TRIGGERS.map((trigger) => [outputOf(trigger), OURS[trigger]])),
  });
  return pool;
}

/** What the examples of the help speak of: two pools, two stacks, and a function of one's own. */
export function furnishExamples(server: PoolServer): void {
  furnish(server, {});
  server.pools.set('eu-west-1_GhIjKl456', new Pool('eu-west-1_GhIjKl456', {}));
  server.stacks.set('gatehouse-prod', server.stacks.get(STACK) ?? {});
  server.functions.add(functionArn('mine'));
}

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the command; `kill` ends it as a power cut would. */
export function startCommand(
  command: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string> },
): { done: Promise<Ran>; kill: () => void } {
  let kill = () => {};
  const done = new Promise<Ran>((resolve) => {
    const child = execFile(
      process.execPath,
      [command, ...args],
      {
        cwd: options.cwd,
        env: {
          PATH: String(process.env['PATH']),
          HOME: options.cwd,
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
          AWS_EC2_METADATA_DISABLED: 'true',
          ...options.env,
        },
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, stdout, stderr });
      },
    );
    kill = () => child.kill('SIGKILL');
  });
  return { done, kill };
}
