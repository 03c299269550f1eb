/** What a scenario is played on: built functions, a user pool wired to them, and an API gateway of each kind. */

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DecisionLog } from './decisions.ts';
import { startGateway } from './gateway/server.ts';
import { type LocalFunction, startScalingFunction } from './lambda.ts';
import { type LocalPool, startPool } from './pool/pool.ts';
import {
  APP_CLIENT_ID,
  type AppClient,
  DEFAULT_CLIENTS,
  MACHINE_CLIENT_ID,
  POOL_ID,
  REGION,
} from './pool/settings.ts';
import type { TriggerFunctions, TriggerName } from './pool/triggers.ts';
import { LOCAL_CREDENTIALS } from './aws/account.ts';
import type { Inbox } from './aws/inbox.ts';
import { startServices } from './aws/services.ts';
import type { Scenario } from './scenario.ts';

export interface Stage {
  pool: LocalPool;
  client: CognitoIdentityProviderClient;
  inbox: Inbox;
  machineClient: AppClient;
  /** Base URLs. */
  apis: { rest: string; http: string };
  decisions: DecisionLog;
}

export type Closer = () => Promise<void>;

/** Starts everything; what must be stopped is put on `closers` as it starts, so that a failure leaves nothing. */
export async function startStage(
  { policy, scenario, port }: { policy: string; scenario: Scenario; port: number },
  closers: Closer[],
): Promise<Stage> {
  const build = mkdtempSync(join(tmpdir(), 'gatehouse-build-'));
  closers.push(async () => rmSync(build, { recursive: true, force: true }));
  buildFunctions(policy, build);
  const start = (name: string, env: Record<string, string>) => {
    const running = startScalingFunction(join(build, name, 'index.mjs'), env);
    closers.push(running.close);
    return running;
  };
  const decisions = new DecisionLog();
  const services = await startServices(closers);
  const machineClient = machineClientFor(scenario);
  const pool = await startPool(
    services.inbox.send,
    { clients: [...DEFAULT_CLIENTS, machineClient], customAttributes: customAttributes(scenario), port },
    (logLines) => decisions.add(logLines),
  );
  closers.push(pool.close);
  // A stack that makes its own pool cannot tell its triggers the clients: `*`.
  const env = { ...services.env, APP_CLIENT_IDS: '*', AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: pool.url };
  pool.attach(builtTriggers(build, (name) => start(name, env)));
  const client = new CognitoIdentityProviderClient({
    endpoint: pool.url,
    region: REGION,
    maxAttempts: 1,
    credentials: LOCAL_CREDENTIALS,
  });
  closers.push(async () => client.destroy());
  const authorizer = start('authorizer', {
    USER_POOL_IDS: POOL_ID,
    APP_CLIENT_IDS: `${APP_CLIENT_ID},${MACHINE_CLIENT_ID}`,
    JWKS: JSON.stringify(pool.keys.jwks),
    AUTHORIZER_TTL_SECONDS: '0',
  });
  const rest = await startGateway('rest', authorizer, { region: REGION, port: port && port + 1, decisions });
  closers.push(rest.close);
  const http = await startGateway('http', authorizer, { region: REGION, port: port && port + 2, decisions });
  closers.push(http.close);
  return {
    pool,
    client,
    inbox: services.inbox,
    machineClient,
    apis: { rest: rest.url, http: http.url },
    decisions,
  };
}

/** The built triggers, by their slots in the pool. */
const TRIGGERS: Record<string, TriggerName> = {
  'pre-sign-up': 'PreSignUp',
  'post-confirmation': 'PostConfirmation',
  'pre-token-generation': 'PreTokenGeneration',
  'define-auth-challenge': 'DefineAuthChallenge',
  'create-auth-challenge': 'CreateAuthChallenge',
  'verify-auth-challenge': 'VerifyAuthChallengeResponse',
  'inbound-federation': 'InboundFederation',
};

function builtTriggers(build: string, start: (name: string) => LocalFunction): TriggerFunctions {
  const built = Object.entries(TRIGGERS).filter(([name]) => existsSync(join(build, name)));
  return Object.fromEntries(built.map(([name, slot]) => [slot, start(name)]));
}

/** One client for all machines of a scenario: each asks for its own scopes. */
function machineClientFor({ machines }: Scenario): AppClient {
  return {
    ClientId: MACHINE_CLIENT_ID,
    ClientSecret: randomUUID(),
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: [...new Set(Object.values(machines).flatMap(({ scopes }) => scopes))],
  };
}

function customAttributes({ people }: Scenario): string[] {
  const names = Object.values(people).flatMap(({ attributes = {} }) => Object.keys(attributes));
  return [...new Set(names)].flatMap((name) =>
    name.startsWith('custom:') ? [name.slice('custom:'.length)] : [],
  );
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
