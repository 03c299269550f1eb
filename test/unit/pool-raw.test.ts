import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { awsClientConfig, regionOf } from '../../cli/aws-clients.ts';
import { describeClient, describePool, updateClient, updatePool } from '../../shared/pool/raw.ts';
import {
  CLIENT_REQUEST_FIELDS,
  POOL_REQUEST_FIELDS,
  unknownClientFields,
  unknownPoolFields,
} from '../../shared/pool/unknown-fields.ts';

const POOL = 'eu-west-1_AbCdEf123';

let server: Server;
let client: CognitoIdentityProviderClient;
let asked: { target: string; length: number; body: string }[] = [];
let answer: { status: number; body: unknown };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const { 'x-amz-target': target, 'content-length': length } = request.headers;
      asked.push({ target: String(target), length: Number(length), body });
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new CognitoIdentityProviderClient({
    ...awsClientConfig({ endpoint }, 'eu-west-1'),
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'none' },
  });
});
afterEach(() => {
  asked = [];
});
afterAll(() => {
  client.destroy();
  server.close();
});

describe('a description', () => {
  it('is what AWS wrote, known to the SDK or not', async () => {
    const pool = {
      Id: POOL,
      Quantum: { Level: 3 },
      LambdaConfig: { PreSignUp: 'arn:a', PreQuantum: 'arn:b' },
      LastModifiedDate: 1763747000.123,
    };
    answer = { status: 200, body: { UserPool: pool } };
    expect(await describePool(client, POOL)).toEqual(pool);
    answer = { status: 200, body: { UserPoolClient: { ClientId: 'c', Quantum: 'é' } } };
    expect(await describeClient(client, POOL, 'c')).toEqual({ ClientId: 'c', Quantum: 'é' });
  });

  it('is the SDK error of an error', async () => {
    answer = { status: 400, body: { __type: 'ResourceNotFoundException', message: 'none' } };
    await expect(describePool(client, POOL)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is nothing if AWS answers nothing', async () => {
    answer = { status: 200, body: {} };
    await expect(describePool(client, POOL)).rejects.toThrow('without `UserPool`');
  });
});

describe('an update', () => {
  it('is sent as it is, and measured', async () => {
    answer = { status: 200, body: {} };
    const request = { UserPoolId: POOL, Quantum: { Level: 3, Name: 'é' } };
    await updatePool(client, request);
    await updateClient(client, { ...request, ClientId: 'c' });
    expect(asked).toEqual([
      {
        target: 'AWSCognitoIdentityProviderService.UpdateUserPool',
        length: Buffer.byteLength(JSON.stringify(request)),
        body: JSON.stringify(request),
      },
      expect.objectContaining({
        target: 'AWSCognitoIdentityProviderService.UpdateUserPoolClient',
        body: JSON.stringify({ ...request, ClientId: 'c' }),
      }),
    ]);
  });
});

describe('fields that the SDK does not know', () => {
  it('are named at any depth', () => {
    expect(
      unknownPoolFields({
        Id: POOL,
        Quantum: {},
        LambdaConfig: { PreSignUp: 'a', PreTokenGenerationConfig: { LambdaArn: 'a', Retries: 2 } },
        SchemaAttributes: [{ Name: 'sub' }, { Name: 'email', Origin: 'x' }],
        UserPoolTags: { any: 'tag', constructor: 'too' },
        AcrConfiguration: { LOA1: { AcrValue: 'x', Weight: 1 } },
        MfaConfiguration: { Nested: true },
        constructor: 'x',
      }),
    ).toEqual([
      'Quantum',
      'LambdaConfig.PreTokenGenerationConfig.Retries',
      'SchemaAttributes[1].Origin',
      'AcrConfiguration.LOA1.Weight',
      'MfaConfiguration',
      'constructor',
    ]);
    expect(
      unknownClientFields({ ClientId: 'c', RefreshTokenRotation: { Feature: 'ENABLED', New: 1 } }),
    ).toEqual(['RefreshTokenRotation.New']);
  });

  it('are none of what the requests take', () => {
    expect(POOL_REQUEST_FIELDS).toContain('LambdaConfig');
    expect(POOL_REQUEST_FIELDS).not.toContain('SchemaAttributes');
    expect(CLIENT_REQUEST_FIELDS).toContain('ExplicitAuthFlows');
    expect(CLIENT_REQUEST_FIELDS).not.toContain('ClientType');
  });
});

describe('the Region', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  it.each<[string, { region?: string }, Record<string, string>, string]>([
    ['the option', { region: 'us-east-1' }, { AWS_REGION: 'us-west-2' }, 'us-east-1'],
    ['the environment', {}, { AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'x' }, 'us-west-2'],
    ['the AWS CLI’s variable', {}, { AWS_DEFAULT_REGION: 'us-west-1' }, 'us-west-1'],
    ['the pool’s id', {}, {}, 'eu-west-1'],
  ])('is %s', async (_, options, env, expected) => {
    process.env = { ...before, AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_CONFIG_FILE: '/nowhere', ...env };
    expect(await regionOf(options, POOL)).toBe(expected);
  });
});
