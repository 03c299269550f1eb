/** The AWS services beside the user pool that functions reach, and the environment that leads there. */

import { randomBytes } from 'node:crypto';
import { LOCAL_CREDENTIALS, REGION } from './account.ts';
import { startDynamoDb, TABLE_NAME } from './dynamodb.ts';
import { type Inbox, startInbox } from './inbox.ts';
import { type Secrets, startSecretsManager } from './secrets-manager.ts';

export interface Services {
  inbox: Inbox;
  secrets: Secrets;
  /** The base URL of DynamoDB. */
  dynamoDbUrl: string;
  /** For functions; `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER` is the pool's to add. */
  env: Record<string, string>;
}

export const OTP_KEY_ID = `arn:aws:secretsmanager:${REGION}:123456789012:secret:gatehouse-otp-key-AbCdEf`;

/** What must be stopped is put on `closers` as it starts. */
export async function startServices(closers: (() => Promise<void>)[]): Promise<Services> {
  const key = () => randomBytes(32).toString('base64');
  const keys = { names: key(), current: { id: '1', key: key() } };
  const secrets: Secrets = { [OTP_KEY_ID]: { AWSCURRENT: JSON.stringify(keys) } };
  const stopWith = <Service extends { close: () => Promise<void> }>(service: Service): Service => {
    closers.push(service.close);
    return service;
  };
  const [dynamoDb, inbox, secretsManager] = await Promise.all([
    startDynamoDb().then(stopWith),
    startInbox().then(stopWith),
    startSecretsManager(secrets).then(stopWith),
  ]);
  return {
    inbox,
    secrets,
    dynamoDbUrl: dynamoDb.url,
    env: {
      TABLE_NAME,
      MAIL_FROM: 'Gatehouse <gatehouse@example.com>',
      OTP_KEY_ID,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
      AWS_ENDPOINT_URL_SESV2: inbox.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    },
  };
}
