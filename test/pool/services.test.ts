/** The services beside the pool, reached as functions reach them: by the SDK and its environment variables. */

import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OTP_KEY_ID, type Services, startServices } from '../../sandbox/aws/services.ts';
import { errorOf } from '../support/pool.ts';

const closers: (() => Promise<void>)[] = [];
const before = { ...process.env };
let services: Services;

beforeAll(async () => {
  services = await startServices(closers);
  Object.assign(process.env, services.env);
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
  for (const name of Object.keys(services.env)) delete process.env[name];
  Object.assign(process.env, before);
});

it('the table takes an item under a condition, once', async () => {
  const client = new DynamoDBClient({ maxAttempts: 1 });
  closers.push(async () => client.destroy());
  const put = () =>
    client.send(
      new PutItemCommand({
        TableName: services.env['TABLE_NAME'],
        Item: { PK: { S: 'p' }, SK: { S: 's' }, expiresAt: { N: '1' } },
        ConditionExpression: 'attribute_not_exists(PK)',
      }),
    );
  await put();
  expect((await errorOf(put())).name).toBe('ConditionalCheckFailedException');
  const { Item } = await client.send(
    new GetItemCommand({ TableName: services.env['TABLE_NAME'], Key: { PK: { S: 'p' }, SK: { S: 's' } } }),
  );
  expect(Item?.['expiresAt']).toEqual({ N: '1' });
});

it('the inbox has what functions and the pool send, by address', async () => {
  const client = new SESv2Client({ maxAttempts: 1 });
  closers.push(async () => client.destroy());
  await client.send(
    new SendEmailCommand({
      FromEmailAddress: services.env['MAIL_FROM'],
      Destination: { ToAddresses: ['ada@example.com'] },
      Content: {
        Simple: {
          Subject: { Data: 'one' },
          Body: { Html: { Data: '<b>hello</b>' }, Text: { Data: 'hello' } },
        },
      },
    }),
  );
  await services.inbox.send({ to: 'ada@example.com', subject: 'two', text: 'code 1' });
  await services.inbox.send({ to: 'bob@example.com', subject: 'three', text: 'x' });
  expect(await services.inbox.mailFor('ada@example.com')).toEqual([
    {
      from: services.env['MAIL_FROM'],
      to: ['ada@example.com'],
      subject: 'one',
      text: 'hello',
      html: '<b>hello</b>',
    },
    expect.objectContaining({ subject: 'two', text: 'code 1' }),
  ]);
  expect(await (await fetch(services.inbox.url)).text()).toContain('<html');
});

it('the secret is given out by stage, rotates, and is no other’s', async () => {
  const client = new SecretsManagerClient({ maxAttempts: 1 });
  closers.push(async () => client.destroy());
  const get = (input: object = {}) =>
    client.send(new GetSecretValueCommand({ SecretId: OTP_KEY_ID, ...input }));
  const first = await get();
  expect(first.SecretString).toMatch(/.{32}/);
  expect((await errorOf(get({ VersionStage: 'AWSPREVIOUS' }))).name).toBe('ResourceNotFoundException');
  services.secrets[OTP_KEY_ID] = { AWSCURRENT: 'new', AWSPREVIOUS: first.SecretString ?? '' };
  expect((await get()).SecretString).toBe('new');
  const previous = await get({ VersionStage: 'AWSPREVIOUS' });
  expect(previous.SecretString).toBe(first.SecretString);
  expect((await get({ VersionId: previous.VersionId })).SecretString).toBe(first.SecretString);
  expect((await errorOf(get({ SecretId: 'other' }))).name).toBe('ResourceNotFoundException');
});
