/** A local user pool: cognito-local as a child process, with its data in a folder that goes when it stops. */

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const REGION = 'eu-west-1';
export const POOL_ID = 'eu-west-1_Sandbox01';
export const APP_CLIENT_ID = 'sandboxapp0000000000000000';
export const MACHINE_CLIENT_ID = 'sandboxmachine000000000000';
export const ISSUER = `https://cognito-idp.${REGION}.amazonaws.com/${POOL_ID}`;

/** The code that the pool "mails"; set, so that a scenario can type it in. */
export const CONFIRMATION_CODE = '123456';

export interface LocalPool {
  url: string;
  jwks: unknown;
  /** The pool's private key (PEM), to sign what the pool itself cannot mint. */
  signingKey: { pem: string; kid: string };
}

/**
 * Starts the pool; its triggers are invoked at `lambdaUrl`. What must be stopped is put on `closers` at once. Throws
 * with the child's output if the pool does not come up.
 */
export async function startPool(
  { lambdaUrl, port }: { lambdaUrl: string; port: number },
  closers: (() => Promise<void>)[],
): Promise<LocalPool> {
  const url = `http://127.0.0.1:${port === 0 ? await freePort() : port}`;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pool-'));
  writePoolFiles(folder, lambdaUrl);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.cjs')], {
    cwd: folder,
    env: {
      HOST: '127.0.0.1',
      PORT: new URL(url).port,
      CODE: CONFIRMATION_CODE,
      AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
    },
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  closers.push(async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
    });
  }
  const jwks = await untilUp(`${url}/${POOL_ID}/.well-known/jwks.json`, () => child.exitCode === null);
  if (jwks === null) throw new Error(`the local user pool did not start on ${url}\n${output}`);
  return { url, jwks, signingKey: signingKey() };
}

function writePoolFiles(folder: string, lambdaUrl: string): void {
  const config = {
    LambdaClient: {
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      region: REGION,
      endpoint: lambdaUrl,
      maxRetries: 0,
    },
    // The functions' names are those of the triggers: cognito-local puts them before a refusal's text.
    TriggerFunctions: { PreSignUp: 'PreSignUp', PreTokenGeneration: 'PreTokenGeneration' },
    // The form that AWS gives, so that the authorizer verifies as it does there.
    TokenConfig: { IssuerDomain: `https://cognito-idp.${REGION}.amazonaws.com` },
  };
  const client = (ClientId: string) =>
    [ClientId, { ClientId, ClientName: ClientId, UserPoolId: POOL_ID, RefreshTokenValidity: 30 }] as const;
  const clients = { Clients: Object.fromEntries([client(APP_CLIENT_ID), client(MACHINE_CLIENT_ID)]) };
  const pool = {
    Options: {
      Id: POOL_ID,
      Name: 'sandbox',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      MfaConfiguration: 'OFF',
    },
    Users: {},
    Groups: {},
  };
  const database = join(folder, '.cognito', 'db');
  mkdirSync(database, { recursive: true });
  writeFileSync(join(folder, '.cognito', 'config.json'), JSON.stringify(config));
  writeFileSync(join(database, 'clients.json'), JSON.stringify(clients));
  writeFileSync(join(database, `${POOL_ID}.json`), JSON.stringify(pool));
}

/** cognito-local signs with a key that ships in its package. */
function signingKey(): LocalPool['signingKey'] {
  const file = createRequire(import.meta.url).resolve('cognito-local/lib/keys/cognitoLocal.private.json');
  const { pem } = JSON.parse(readFileSync(file, 'utf8')) as { pem: string };
  return { pem, kid: 'CognitoLocal' };
}

/** What the address answers once it does; null if the child has died or 15 s have gone. */
async function untilUp(url: string, alive: () => boolean): Promise<unknown> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline && alive(); await sleep(50)) {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => null);
    if (response?.ok) return response.json();
  }
  return null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
