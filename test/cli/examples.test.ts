/** Every example of the command's help, run as it stands, where it would be run. */

import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProgram } from '../../cli/program.ts';
import { examplesOf } from '../../scripts/cli-page.ts';
import { cleanAccount } from '../support/audited-account.ts';
import { buildCommand, checkout, ROOT, run, temporaryFolder } from '../support/bundles.ts';
import { WireCognito } from '../support/cognito.ts';
import { startDynamodb } from '../support/dynamodb.ts';
import { PoolServer } from '../support/pool-server/server.ts';
import { furnishExamples } from '../support/pool-server/world.ts';
import { startReadingAws } from '../support/reading-aws.ts';
import { WireStack } from '../support/stack.ts';
import { idClaims, POOL, rsaKey, signJwt } from '../support/tokens.ts';

/** Those that find something, or deny. All others exit with 0. */
const FINDINGS = ['gatehouse explain'];

/** Those that work on existing pools. */
const POOL_COMMANDS = ['attach', 'detach', 'status', 'mode'];

const folder = temporaryFolder();
const pools = new PoolServer();
const key = rsaKey('k1');
const dynamodb = await startDynamodb();
const stack = new WireStack();
/** Of a pool without users. */
const people = new WireCognito();
let aws: Server;
let project = '';
let environment: Record<string, string> = {};

beforeAll(async () => {
  const account = cleanAccount();
  account.rest.stage['stageName'] = 'prod';
  const reading = await startReadingAws(account, false);
  aws = createServer((request, response) => {
    const answer = answerTo(request);
    if (answer === undefined) return void reading.answer(request, response);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  const command = await buildCommand(join(folder.path, 'dist'));
  const launcher = folder.write('gatehouse', `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
  chmodSync(launcher, 0o755);
  // As the examples call it; the stack has it, too.
  const TableName = 'gatehouse-prod-Table-1X';
  const { env: tableEnv } = await dynamodb.table({ name: TableName });
  stack.outputs = { TableName, UserPoolId: POOL, AuthorizerArn: 'authorizer' };
  environment = {
    ...tableEnv,
    ...stack.env,
    PATH: `${folder.path}:${process.env['PATH']}`,
    HOME: join(folder.path, 'checkout'),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  project = projectIn(folder.path);
  await pools.start();
});
afterAll(async () => {
  await Promise.all([new Promise((resolve) => aws.close(resolve)), pools.stop()]);
  folder.remove();
});

/** One address for all services. */
const poolEnvironment = () => ({
  PATH: String(environment['PATH']),
  HOME: String(environment['HOME']),
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL: pools.endpoint,
  AWS_REGION: 'eu-west-1',
});

/** What an account answers that is not only looked at. */
function answerTo({ url = '', headers }: IncomingMessage): object | undefined {
  if (url.endsWith('/.well-known/jwks.json')) return { keys: [key.jwk] };
  if (url === '/2015-03-31/functions/authorizer/configuration') {
    const variables = { USER_POOL_IDS: POOL, APP_CLIENT_IDS: '*', TABLE_NAME: 'gatehouse-prod-Table-1X' };
    return { Environment: { Variables: variables } };
  }
  if (!String(headers['x-amz-target']).endsWith('.ListUsers')) return undefined;
  return { Users: [{ Username: 'ada', Attributes: [{ Name: 'sub', Value: idClaims(0)['sub'] }] }] };
}

/** What the examples speak of: this project, and a few files of its user's. */
function projectIn(path: string): string {
  const root = checkout(path);
  for (const name of ['staging', '.zfunc', '.config/fish/completions'])
    mkdirSync(join(root, name), { recursive: true });
  cpSync(join(ROOT, 'policy.yml'), join(root, 'staging', 'policy.yml'));
  writeFileSync(
    join(root, 'token.txt'),
    signJwt(idClaims(Date.now() / 1000 - 3600, { origin_jti: 'o1' }), key),
  );
  writeFileSync(
    join(root, 'requests.jsonl'),
    '{"claims": {"sub": "u1"}, "request": "GET /articles/1"}\n{"claims": {"sub": "u1"}, "request": "GET /"}\n',
  );
  return root;
}

describe('every example of the help', () => {
  const examples = examplesOf(createProgram(() => undefined));

  it('of which there are some', () => {
    expect(examples.length).toBeGreaterThan(8);
  });

  it.each(examples)('%s', async (example) => {
    const local = example.replace('http://127.0.0.1:4566', String(environment['AWS_ENDPOINT_URL']));
    const ofPools = POOL_COMMANDS.includes(example.split(' ')[1] ?? '');
    if (ofPools) furnishExamples(pools);
    const ofPeople = example.startsWith('gatehouse reconcile');
    const env = ofPools ? poolEnvironment() : { ...environment, ...(ofPeople && people.env) };
    const { code, stderr } = await run('sh', ['-c', local], { cwd: project, env });
    const finds = FINDINGS.some((start) => example.startsWith(start));
    expect({ code, stderr }).toEqual({ code: finds ? 1 : 0, stderr: expect.not.stringContaining('error') });
  });
});
