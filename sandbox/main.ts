/**
 * `npm start`: a local user pool wired to the built triggers, a local API gateway that asks the built authorizer,
 * and a scenario that walks through both. With `--once` it exits 0 if every expectation held, else 1.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { startGateway } from './gateway.ts';
import { startFunction } from './lambda.ts';
import { APP_CLIENT_ID, MACHINE_CLIENT_ID, POOL_ID, REGION, startPool } from './pool/cognito-local.ts';
import { startTriggers } from './pool/triggers.ts';
import { type AuditLine, type Outcome, runScenario, type Stage } from './run.ts';
import { readScenario } from './scenario.ts';
import { tableFoot, tableHead, tableRow } from './table.ts';

const ROOT = resolve(import.meta.dirname, '..');

const HELP = `npm start -- [--once] [--policy FILE] [--scenario FILE] [--port N]

  --once           exit after the scenario: 0 if every expectation held, 1 otherwise
  --policy FILE    the policy to build and run (default: policy.yml)
  --scenario FILE  the scenario to walk through (default: sandbox/scenario.yml)
  --port N         pool on N, REST API on N+1, HTTP API on N+2 (default: free ports)`;

type Closer = () => Promise<void> | void;

/** Sets the exit code once the scenario is through. */
async function main(closers: Closer[]): Promise<void> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      policy: { type: 'string', default: join(ROOT, 'policy.yml') },
      scenario: { type: 'string', default: join(ROOT, 'sandbox', 'scenario.yml') },
      port: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    process.exitCode = 0;
    return;
  }
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65533)
    throw new Error('--port must be a port number up to 65533');
  const scenario = readScenario(values.scenario);
  const { stage, tokens } = await startStage(
    { scenario, policy: values.policy, port: Number(values.port) },
    closers,
  );

  console.log(tableHead());
  const outcomes: Outcome[] = [];
  for await (const outcome of runScenario(stage, tokens)) {
    outcomes.push(outcome);
    console.log(tableRow(outcome));
  }
  console.log(tableFoot(outcomes));
  process.exitCode = outcomes.every(({ failures }) => failures.length === 0) ? 0 : 1;
  if (values.once) return;
  console.log(whereToGoOn(stage, tokens));
  await interrupted;
}

async function startStage(
  { scenario, policy, port }: { scenario: Stage['scenario']; policy: string; port: number },
  closers: Closer[],
) {
  const build = mkdtempSync(join(tmpdir(), 'gatehouse-build-'));
  closers.push(() => rmSync(build, { recursive: true, force: true }));
  buildFunctions(policy, build);

  let audit: AuditLine[] = [];
  const onLog = (lines: string[]) => audit.push(...lines.flatMap(auditLine));
  const start = (name: string, env: Record<string, string>) => {
    const running = startFunction(join(build, name, 'index.mjs'), env);
    closers.push(running.close);
    return running;
  };
  // The triggers of a pool cannot know its clients beforehand: `*`, as in a stack that makes its own pool.
  const triggers = {
    PreSignUp: start('pre-sign-up', { APP_CLIENT_IDS: '*' }),
    PreTokenGeneration: start('pre-token-generation', { APP_CLIENT_IDS: '*' }),
  };
  let client: CognitoIdentityProviderClient | null = null;
  const lambda = await startTriggers(triggers, () => client as CognitoIdentityProviderClient, onLog);
  closers.push(lambda.close);
  const pool = await startPool({ lambdaUrl: lambda.url, port });
  closers.push(pool.close);
  client = new CognitoIdentityProviderClient({
    endpoint: pool.url,
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  closers.push(() => client?.destroy());

  const authorizer = start('authorizer', {
    USER_POOL_IDS: POOL_ID,
    APP_CLIENT_IDS: `${APP_CLIENT_ID},${MACHINE_CLIENT_ID}`,
    // ID tokens for people: the local pool writes claims into those only. Access tokens for machines.
    TOKEN_USE: 'any',
    JWKS: JSON.stringify(pool.jwks),
    AUTHORIZER_TTL_SECONDS: '0',
  });
  const gateways = await Promise.all([
    startGateway('rest', authorizer, { region: REGION, port: port && port + 1, onLog }),
    startGateway('http', authorizer, { region: REGION, port: port && port + 2, onLog }),
  ]);
  closers.push(...gateways.map(({ close }) => close));
  const takeAudit = () => {
    const taken = audit;
    audit = [];
    return taken;
  };
  const stage: Stage = {
    scenario,
    pool,
    client,
    apis: { rest: gateways[0].url, http: gateways[1].url },
    takeAudit,
  };
  return { stage, tokens: new Map<string, string>() };
}

/** Builds as a user would; its errors are already for people. */
function buildFunctions(policy: string, out: string): void {
  try {
    execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.ts'), '--policy', policy, '--out', out], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } catch (error) {
    throw new Error(String((error as { stderr?: Buffer }).stderr ?? error).trim());
  }
}

function auditLine(line: string): AuditLine[] {
  try {
    const entry = JSON.parse(line) as AuditLine & { message?: string };
    return entry.message === 'decision' ? [entry] : [];
  } catch {
    return [];
  }
}

function whereToGoOn({ apis, pool, scenario }: Stage, tokens: Map<string, string>): string {
  const curls = [...tokens].map(
    ([name, token]) =>
      `\n# ${scenario.people[name]?.email ?? `machine ${name}`}\ncurl -i ${apis.rest}/articles/1 -H 'authorization: Bearer ${token}'`,
  );
  return [
    '',
    `user pool  ${pool.url}  (${POOL_ID}, client ${APP_CLIENT_ID})`,
    `REST API   ${apis.rest}`,
    `HTTP API   ${apis.http}`,
    ...curls,
    '',
    'Ctrl-C ends it and leaves nothing behind.',
  ].join('\n');
}

const closers: Closer[] = [];
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});
const finished = main(closers).catch((error: unknown) => {
  console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 3;
});
await Promise.race([finished, interrupted]);
for (const close of closers.toReversed()) await close();
// Cut off in the middle: nothing was proved.
process.exit(process.exitCode ?? 130);
