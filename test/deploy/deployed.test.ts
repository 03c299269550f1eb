/** The packaged stack in a local cloud, deployed with the same command, called over HTTP through its gateways. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, readManifest } from '../../sandbox/samples.ts';
import { claimsOf } from '../../sandbox/tokens.ts';
import { buildCommand, run, temporaryFolder } from '../support/bundles.ts';
import { rsaKey, signJwt } from '../support/tokens.ts';
import { Deployment } from './deployment.ts';
import { type LocalCloud, REGION, startMiniStack } from './ministack.ts';
import { installTools } from './virtual-environment.ts';

const tools = installTools('requirements.txt', 'the deployed stack');
const suite = 'missing' in tools ? describe.skip : describe;

const PASSWORD = 'Correct-horse-1';
const folder = temporaryFolder();
let cloud: LocalCloud;
let project: Deployment;
let cognito: CognitoIdentityProviderClient;

const OWN = ['--stage', 'own', '--param', 'demo=off'];
let existing: string[] = [];
/** What the stack of a stage tells, by name. */
const outputs: Record<'own' | 'existing', Record<string, string>> = { own: {}, existing: {} };
let restApi = '';
const tokens: Record<string, string> = {};

suite('a deployed stack', () => {
  beforeAll(async () => {
    if ('missing' in tools) return;
    cloud = await startMiniStack(tools.bin);
    project = new Deployment(cloud, folder.path);
    cognito = new CognitoIdentityProviderClient(cloud.clientConfig);
    outputs.own = await project.deploy(OWN);
    const { UserPoolId = '', AppClientIds = '' } = outputs.own;
    existing = ['--stage', 'existing'].concat(
      [
        `userPoolId=${UserPoolId}`,
        `appClientIds=${AppClientIds}`,
        'tokenUse=id',
        'preTokenVersion=V1_0',
      ].flatMap((param) => ['--param', param]),
    );
    outputs.existing = await project.deploy(existing);
    restApi = (outputs.existing['ServiceEndpoint'] ?? '').replace(/^https:\/\/([^.]+).*/, '$1');
    await keyByContext();
    await attach(UserPoolId);
    for (const [name, groups] of Object.entries({ ada: ['editor'], rob: ['reader'], kim: ['reader'] }))
      tokens[name] = await signIn(`${name}@example.com`, groups);
    tokens['eve'] = await signIn('eve@mail.example', ['editor']);
  });

  afterAll(async () => {
    await cloud?.stop();
    folder.remove();
  });

  describe('with a pool of its own', () => {
    it('has made the pool with its triggers and its client', async () => {
      const { UserPoolId = '', PreSignUpArn, PreTokenGenerationArn } = outputs.own;
      const deployed = await aws('lambda', 'GET', '/2015-03-31/functions/gatehouse-own-authorizer');
      expect(deployed).toMatchObject({
        Configuration: {
          Environment: {
            Variables: { USER_POOL_IDS: UserPoolId, APP_CLIENT_IDS: outputs.own['AppClientIds'] },
          },
          Runtime: 'nodejs24.x',
        },
      });
      expect(PreSignUpArn).toMatch(/:function:gatehouse-own-pre-sign-up$/);
      expect(outputs.own['PostConfirmationArn']).toMatch(/:function:gatehouse-own-post-confirmation$/);
      expect(PreTokenGenerationArn).toMatch(/:function:gatehouse-own-pre-token-generation$/);
      expect(outputs.own['TableName']).toMatch(/^gatehouse-own-Table/);
    });

    it('has no API without the demo', () => {
      expect(Object.keys(outputs.own)).not.toContain('ServiceEndpoint');
    });
  });

  describe.each(['rest', 'http'] as const)('the %s API', (api) => {
    it.each<[string, string, string, number]>([
      ['rob', 'GET', '/articles/1', 200],
      ['rob', 'POST', '/articles', 403],
      ['rob', 'DELETE', '/articles/1', 403],
      ['ada', 'POST', '/articles', 200],
      ['ada', 'GET', '/', 403],
      ['ada', 'GET', '/nowhere', 403],
      ['ada', 'GET', '/tenants/acme/orders', 200],
      ['ada', 'GET', '/tenants/umbrella/orders', 403],
      ['eve', 'GET', '/articles/1', 403],
    ])('%s %s %s: %i', async (who, method, path, status) => {
      expect(await call(api, who, method, path)).toMatchObject({ status });
    });
  });

  describe('the REST API', () => {
    it('asks for a token', async () => {
      expect(await call('rest', 'nobody', 'GET', '/articles/1')).toMatchObject({ status: 401 });
    });

    it.each(['tampered', 'of another key', 'no token at all'])('a token %s: 401', async (fault) => {
      const token = {
        tampered: `${tokens['ada']?.slice(0, -4)}AAAA`,
        'of another key': signJwt({ ...claimsOf(tokens['ada'] ?? '') }, { ...rsaKey('ministack-key-1') }),
        'no token at all': 'x',
      }[fault];
      expect(await call('rest', `Bearer ${token}`, 'GET', '/articles/1')).toMatchObject({ status: 401 });
    });

    it('tells the backend who calls', async () => {
      const { body } = await call('rest', 'ada', 'GET', '/articles/2');
      expect(body).toMatchObject({
        caller: {
          email: 'ada@example.com',
          groups: '["editor","reader"]',
          decision: 'allowed',
          rule: 'readers-read',
          tokenUse: 'id',
          clientId: outputs.own['AppClientIds'],
          policy: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      });
    });

    it('answers OPTIONS without the authorizer', async () => {
      expect(await call('rest', 'nobody', 'OPTIONS', '/articles/1')).toMatchObject({ status: 200 });
    });

    it('keeps each answer for its own route, verb and caller, and asks once for each', async () => {
      const requests: [string, string, string, number][] = [
        ['rob', 'GET', '/articles/cached', 200],
        ['rob', 'POST', '/articles', 403],
        ['rob', 'PUT', '/articles/cached', 403],
        ['rob', 'GET', '/articles/cached/deep', 200],
        ['rob', 'GET', '/reports/cached', 403],
        ['ada', 'PUT', '/articles/cached', 200],
        ['ada', 'GET', '/articles/cached', 200],
      ];
      // The first may be in the cache from before; what counts is that no later one adds a decision.
      await Promise.all(requests.map(([who, method, path]) => call('rest', who, method, path)));
      const before = await decisions();
      for (const order of [requests, requests.toReversed()]) {
        for (const [who, method, path, status] of order)
          expect({ who, method, path, ...(await call('rest', who, method, path)) }).toMatchObject({
            who,
            method,
            path,
            status,
          });
      }
      expect(await decisions()).toBe(before);
      await call('rest', 'rob', 'GET', '/articles/not-cached');
      expect(await decisions()).toBe(before + 1);
    });
  });

  describe('the HTTP API', () => {
    it('lets nobody in without a token', async () => {
      // AWS documents 401; MiniStack does not know `errorMessage` (README.md beside this file).
      expect((await call('http', 'nobody', 'GET', '/articles/1')).status).toBeGreaterThanOrEqual(400);
    });

    it('tells the backend who calls', async () => {
      const { body } = await call('http', 'rob', 'GET', '/articles/1');
      expect(body).toMatchObject({ caller: { email: 'rob@example.com', rule: 'readers-read' } });
    });
  });

  describe('the triggers', () => {
    it('shape the tokens that the pool issues', () => {
      expect(claimsOf(tokens['ada'] ?? '')).toMatchObject({
        'cognito:groups': ['editor', 'reader'],
        tenant: 'acme',
        gatehouse_domain: 'example.com',
      });
    });

    const samples = Object.entries(readManifest()).flatMap(([fn, each]) =>
      fn.startsWith('pre-') ? Object.entries(each).map(([name, { ends }]) => ({ fn, name, ends })) : [],
    );

    // A stack that makes its own pool governs every client, and nobody is blocked there.
    it.each(samples.filter(({ name }) => !/^other-client$|blocked$/.test(name)))(
      '$fn, deployed, ends $name as built',
      async ({ fn, name, ends }) => {
        const event = JSON.parse(readFileSync(join(EVENTS, fn, `${name}.json`), 'utf8')) as {
          response: object;
        };
        const answer = await aws(
          'lambda',
          'POST',
          `/2015-03-31/functions/gatehouse-own-${fn}/invocations`,
          event,
        );
        if (typeof ends === 'object' && 'refused' in ends)
          expect(answer).toMatchObject({ errorMessage: ends.refused });
        else
          expect(answer).toEqual({
            ...event,
            response: ends === 'unchanged' ? event.response : { ...event.response, ...(ends as object) },
          });
      },
    );
  });

  describe('revoking', () => {
    it('is felt by the deployed authorizer within the time that the command says, and not by anybody else', async () => {
      const gatehouse = await buildCommand(folder.path);
      const revoke = async (...words: string[]) => {
        const { code, stdout, stderr } = await run(
          process.execPath,
          [gatehouse, 'revoke', ...words, '--stack', 'gatehouse-existing', '--json'],
          { env: { HOME: folder.path, ...cloud.env } },
        );
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        return JSON.parse(stdout) as { cuts: object[]; blocks: object[]; felt?: { refreshSeconds: number } };
      };
      const asKim = async () => (await call('http', 'kim', 'GET', '/articles/1')).status;
      expect(await asKim()).toBe(200);
      const { felt } = await revoke('user', '--email', 'kim@example.com', '--block', '--yes');
      expect(felt).toMatchObject({ source: 'stack', isRead: true, refreshSeconds: 30, ttlSeconds: 60 });
      const from = Date.now();
      while ((await asKim()) === 200) {
        // An HTTP API as shipped keeps no answer.
        if (Date.now() - from > 45_000) throw new Error('not felt');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      expect(await call('http', 'kim', 'GET', '/articles/1')).toMatchObject({ status: 403 });
      expect(await call('http', 'rob', 'GET', '/articles/1')).toMatchObject({ status: 200 });
      const { sub } = claimsOf(tokens['kim'] ?? '');
      const kim = { kind: 'user', pool: outputs.own['UserPoolId'], value: sub };
      expect(await revoke('list')).toMatchObject({ cuts: [kim], blocks: [kim] });
    });
  });

  describe('deploying again', () => {
    it('refuses bundles that were built for another policy, before anything is changed', async () => {
      const { code, stdout, stderr } = await project.serverless('deploy', [
        ...OWN,
        '--param',
        'policyFile=other.yml',
      ]);
      expect({ code, said: stdout + stderr }).toEqual({
        code: 1,
        said: expect.stringMatching(/other\.yml/),
      });
    });
  });

  describe('gatehouse audit', () => {
    it('reads all of it, and finds what this cloud and its tests leave out', async () => {
      const { UserPoolId = '' } = outputs.own;
      const httpApi = (outputs.existing['HttpApiUrl'] ?? '').replace(/^https:\/\/([^.]+).*/, '$1');
      const command = await buildCommand(join(folder.path, 'dist'));
      const args = ['audit', UserPoolId, '--rest-api', restApi, '--http-api', httpApi, '--stage', 'existing'];
      const { stdout, stderr } = await run(process.execPath, [command, ...args, '--json'], {
        cwd: project.root,
        env: { PATH: process.env['PATH'], HOME: folder.path, ...cloud.env },
      });
      expect(stderr).toBe('');
      const { findings, notExamined } = JSON.parse(stdout) as {
        findings: { id: string }[];
        notExamined: { kind: string }[];
      };
      expect(notExamined.filter(({ kind }) => kind === 'unreadable')).toEqual([]);
      expect(findings.map(({ id }) => id)).toEqual([
        'POOL_CLIENT_WRITES_EMAIL',
        'POOL_TRIGGER_NOT_CALLABLE',
        'API_CACHE_KEY',
        'POOL_UPDATE_UNVERIFIED',
        'POOL_CLIENT_REFRESH_LONG',
        'POOL_CLIENT_REVOCATION_OFF',
        'POOL_CLIENT_TELLS_WHO_EXISTS',
        'POOL_MFA_MESSAGES_ONLY',
        'POOL_DELETION_UNPROTECTED',
        'POOL_NAMES_CASE_SENSITIVE',
        // Nobody has made the group `admin`.
        'POOL_GROUP_MISSING',
      ]);
    });
  });

  describe('removal', () => {
    it('takes the functions and the APIs away', async () => {
      expect((await project.serverless('remove', existing)).code).toBe(0);
      expect(await call('rest', 'ada', 'GET', '/articles/1')).toMatchObject({ status: 404 });
      const { Functions: left } = (await aws('lambda', 'GET', '/2015-03-31/functions')) as {
        Functions: { FunctionName: string }[];
      };
      expect(
        left.map(({ FunctionName }) => FunctionName).filter((name) => name.includes('existing')),
      ).toEqual([]);
    });
  });
});

/** The pool's triggers, as a console sets them: the version 1 event, which is all that MiniStack sends. */
async function attach(pool: string): Promise<void> {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: pool }));
  expect(UserPool?.LambdaConfig).toEqual({
    PreSignUp: outputs.own['PreSignUpArn'],
    PostConfirmation: outputs.own['PostConfirmationArn'],
    InboundFederation: { LambdaArn: outputs.own['InboundFederationArn'], LambdaVersion: 'V1_0' },
    PreTokenGenerationConfig: { LambdaArn: outputs.own['PreTokenGenerationArn'], LambdaVersion: 'V2_0' },
  });
  const { PreSignUpArn = '', PreTokenGenerationArn = '' } = outputs.existing;
  await cognito.send(
    new UpdateUserPoolCommand({
      UserPoolId: pool,
      LambdaConfig: { PreSignUp: PreSignUpArn, PreTokenGeneration: PreTokenGenerationArn },
    }),
  );
}

async function signIn(email: string, groups: string[]): Promise<string> {
  const { UserPoolId = '', AppClientIds = '' } = outputs.own;
  const user = { UserPoolId, Username: email };
  const attributes = { email, email_verified: 'true', 'custom:tenant': 'acme' };
  await cognito.send(
    new AdminCreateUserCommand({
      ...user,
      MessageAction: 'SUPPRESS',
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: PASSWORD, Permanent: true }));
  for (const GroupName of groups) {
    await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName })).catch(() => {});
    await cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName }));
  }
  const { AuthenticationResult } = await cognito.send(
    new AdminInitiateAuthCommand({
      UserPoolId,
      ClientId: AppClientIds,
      AuthFlow: 'ADMIN_USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: email, PASSWORD },
    }),
  );
  return AuthenticationResult?.IdToken ?? '';
}

/** MiniStack takes `context.*` for absent; the front sends the same values as headers (README.md beside this file). */
async function keyByContext(): Promise<void> {
  const path = `/restapis/${restApi}/authorizers`;
  const { item } = (await aws('apigateway', 'GET', path)) as {
    item: { id: string; identitySource: string; authorizerResultTtlInSeconds: number }[];
  };
  expect(item).toHaveLength(1);
  const { id = '', identitySource = '', authorizerResultTtlInSeconds } = item[0] ?? {};
  expect({ identitySource, authorizerResultTtlInSeconds }).toEqual({
    identitySource: 'method.request.header.Authorization, context.httpMethod, context.path',
    authorizerResultTtlInSeconds: 60,
  });
  const value = identitySource.replace(
    /context\.(\w+)/g,
    (_, name: string) => `method.request.header.x-context-${name.toLowerCase()}`,
  );
  await aws('apigateway', 'PATCH', `${path}/${id}`, {
    patchOperations: [{ op: 'replace', path: '/identitySource', value }],
  });
}

/** How often the authorizer has decided. */
async function decisions(): Promise<number> {
  const { events } = (await aws(
    'logs',
    'POST',
    '/',
    { logGroupName: '/aws/lambda/gatehouse-existing-authorizer' },
    'Logs_20140328.FilterLogEvents',
  )) as {
    events: { message: string }[];
  };
  return events.filter(({ message }) => message.includes('"message":"decision"')).length;
}

/** `who`: a person with a token, `nobody`, or a whole Authorization header. */
async function call(api: 'rest' | 'http', who: string, method: string, path: string) {
  const http = (outputs.existing['HttpApiUrl'] ?? '').replace(/^https:\/\/([^.]+).*/, '$1');
  const base = api === 'rest' ? `${restApi}/existing` : `${http}/$default`;
  const authorization = tokens[who] ? `Bearer ${tokens[who]}` : who;
  const response = await fetch(`${cloud.endpoint}/_aws/execute-api/${base}${path}`, {
    method,
    headers: who === 'nobody' ? {} : { authorization },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text.startsWith('{') ? JSON.parse(text) : text) as unknown,
  };
}

/** A call of an AWS API that we have no client for. */
async function aws(
  service: string,
  method: string,
  path: string,
  body?: object,
  target?: string,
): Promise<unknown> {
  const response = await fetch(`${cloud.endpoint}${path}`, {
    method,
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${cloud.env['AWS_ACCESS_KEY_ID']}/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
      'content-type': target ? 'application/x-amz-json-1.1' : 'application/json',
      ...(target && { 'x-amz-target': target }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.json();
}
