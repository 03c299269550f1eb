/** What a scenario is played on: built functions, a user pool wired to them, and an API gateway of each kind. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DecisionLog } from './decisions.ts';
import { startGateway } from './gateway/server.ts';
import { type LocalFunction, startFunction } from './lambda.ts';
import {
  APP_CLIENT_ID,
  type LocalPool,
  MACHINE_CLIENT_ID,
  POOL_ID,
  REGION,
  startPool,
} from './pool/cognito-local.ts';
import { startTriggers } from './pool/triggers.ts';

export interface Stage {
  pool: LocalPool;
  client: CognitoIdentityProviderClient;
  /** Base URLs. */
  apis: { rest: string; http: string };
  decisions: DecisionLog;
}

export type Closer = () => Promise<void>;

/** Starts everything; what must be stopped is put on `closers` as it starts, so that a failure leaves nothing. */
export async function startStage(
  { policy, port }: { policy: string; port: number },
  closers: Closer[],
): Promise<Stage> {
  const build = mkdtempSync(join(tmpdir(), 'gatehouse-build-'));
  closers.push(async () => rmSync(build, { recursive: true, force: true }));
  buildFunctions(policy, build);
  const start = (name: string, env: Record<string, string>) => {
    const running = startFunction(join(build, name, 'index.mjs'), env);
    closers.push(running.close);
    return running;
  };
  const decisions = new DecisionLog();
  const { pool, client } = await startPoolWithTriggers(start, decisions, port, closers);
  const authorizer = start('authorizer', {
    USER_POOL_IDS: POOL_ID,
    APP_CLIENT_IDS: `${APP_CLIENT_ID},${MACHINE_CLIENT_ID}`,
    // ID tokens for people: the local pool writes claims into those only. Access tokens for machines.
    TOKEN_USE: 'any',
    JWKS: JSON.stringify(pool.jwks),
    AUTHORIZER_TTL_SECONDS: '0',
  });
  const rest = await startGateway('rest', authorizer, { region: REGION, port: port && port + 1, decisions });
  closers.push(rest.close);
  const http = await startGateway('http', authorizer, { region: REGION, port: port && port + 2, decisions });
  closers.push(http.close);
  return { pool, client, apis: { rest: rest.url, http: http.url }, decisions };
}

async function startPoolWithTriggers(
  start: (name: string, env: Record<string, string>) => LocalFunction,
  decisions: DecisionLog,
  port: number,
  closers: Closer[],
): Promise<Pick<Stage, 'pool' | 'client'>> {
  // A stack that makes its own pool cannot tell its triggers the clients: `*`.
  const triggers = {
    PreSignUp: start('pre-sign-up', { APP_CLIENT_IDS: '*' }),
    PreTokenGeneration: start('pre-token-generation', { APP_CLIENT_IDS: '*' }),
  };
  const { promise: clientReady, resolve: setClient } = Promise.withResolvers<CognitoIdentityProviderClient>();
  const lambda = await startTriggers(triggers, clientReady, decisions);
  closers.push(lambda.close);
  const pool = await startPool({ lambdaUrl: lambda.url, port }, closers);
  const client = new CognitoIdentityProviderClient({
    endpoint: pool.url,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  closers.push(async () => client.destroy());
  setClient(client);
  return { pool, client };
}

/** Builds as a user would; its errors are already for people. */
function buildFunctions(policy: string, out: string): void {
  const script = join(import.meta.dirname, '..', 'scripts', 'build.ts');
  try {
    execFileSync(process.execPath, [script, '--policy', policy, '--out', out], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    throw new Error(String(stderr ?? error).trim(), { cause: error });
  }
}
