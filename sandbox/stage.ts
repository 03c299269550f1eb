/** What a scenario is played on: built functions, a user pool wired to them, and an API gateway of each kind. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProviderClient, CreateGroupCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DecisionLog } from './decisions.ts';
import { startGateway } from './gateway/server.ts';
import { startScalingFunction } from './lambda.ts';
import { policyFileWith } from './policy-file.ts';
import type { LocalPool } from './pool/pool.ts';
import {
  APP_CLIENT_ID,
  type AppClient,
  DEFAULT_CLIENTS,
  MACHINE_CLIENT_ID,
  POOL_ID,
  REGION,
} from './pool/settings.ts';
import { LOCAL_CREDENTIALS } from './aws/account.ts';
import type { Inbox } from './aws/inbox.ts';
import { startBuiltPool } from './built-pool.ts';
import { REFRESH_SECONDS } from './revoke.ts';
import type { Scenario } from './scenario.ts';
import { customAttributesOf, machineClientFor, providersOf } from './scenario-pool.ts';

export interface Stage {
  pool: LocalPool;
  client: CognitoIdentityProviderClient;
  inbox: Inbox;
  tableUrl: string;
  machineClient: AppClient;
  /** Base URLs. */
  apis: { rest: string; http: string };
  decisions: DecisionLog;
  /** Keys of the policy that are the scenario's. */
  added: string[];
}

export type Closer = () => Promise<void>;

/** Starts everything; what must be stopped is put on `closers` as it starts, so that a failure leaves nothing. */
export async function startStage(
  { policy, scenario, port }: { policy: string; scenario: Scenario; port: number },
  closers: Closer[],
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sandbox-'));
  closers.push(async () => rmSync(folder, { recursive: true, force: true }));
  const build = join(folder, 'build');
  const { file, added, groups } = policyFileWith(policy, scenario.policy, folder);
  buildFunctions({ policy, file }, build);
  const decisions = new DecisionLog();
  const machineClient = machineClientFor(scenario);
  const clients = [...DEFAULT_CLIENTS, machineClient];
  const { pool, services } = await startBuiltPool(
    {
      build,
      settings: {
        clients,
        providers: providersOf(scenario),
        customAttributes: customAttributesOf(scenario),
        port,
      },
    },
    (logLines) => decisions.add(logLines),
    closers,
  );
  const client = new CognitoIdentityProviderClient({
    endpoint: pool.url,
    region: REGION,
    maxAttempts: 1,
    credentials: LOCAL_CREDENTIALS,
  });
  closers.push(async () => client.destroy());
  for (const GroupName of groups)
    await client.send(new CreateGroupCommand({ UserPoolId: POOL_ID, GroupName }));
  const authorizer = startScalingFunction(join(build, 'authorizer', 'index.mjs'), {
    ...services.env,
    USER_POOL_IDS: POOL_ID,
    APP_CLIENT_IDS: `${APP_CLIENT_ID},${MACHINE_CLIENT_ID}`,
    JWKS: JSON.stringify(pool.keys.jwks),
    AUTHORIZER_TTL_SECONDS: '0',
    POLICY_REFRESH_SECONDS: String(REFRESH_SECONDS),
  });
  closers.push(authorizer.close);
  const rest = await startGateway('rest', authorizer, { region: REGION, port: port && port + 1, decisions });
  closers.push(rest.close);
  const http = await startGateway('http', authorizer, { region: REGION, port: port && port + 2, decisions });
  closers.push(http.close);
  return {
    pool,
    client,
    inbox: services.inbox,
    tableUrl: services.dynamoDbUrl,
    machineClient,
    apis: { rest: rest.url, http: http.url },
    decisions,
    added,
  };
}

/** Builds as a user would; its errors are already for people. */
function buildFunctions({ policy, file }: { policy: string; file: string }, out: string): void {
  const script = join(import.meta.dirname, '..', 'scripts', 'build.ts');
  try {
    execFileSync(process.execPath, [script, '--policy', file, '--out', out], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    throw new Error(
      String(stderr ?? error)
        .trim()
        .replaceAll(file, policy),
      { cause: error },
    );
  }
}
