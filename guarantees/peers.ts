/** The services that functions call, on this machine, with every effect to be counted; and the way there, step by step. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, REGION } from '../sandbox/aws/account.ts';
import { startDynamoDb, TABLE_NAME } from '../sandbox/aws/dynamodb.ts';
import { startInbox } from '../sandbox/aws/inbox.ts';
import { type LocalServer, readBody, sendJson, serve } from '../sandbox/http.ts';
import { dynamodbStore } from '../shared/store/dynamodb.ts';
import type { Store } from '../shared/store/ports.ts';
import { Steps } from './steps.ts';

export interface Peers {
  steps: Steps;
  /** For a function whose requests are counted. */
  env: Record<string, string>;
  /** For whoever looks at what has come of it: past the proxies. */
  directEnv: Record<string, string>;
  store: Store;
  /** How many mails an address has got. */
  mailsFor: (address: string) => Promise<number>;
  /** How often each group was given, by user name. */
  groupsOf: (username: string) => Readonly<Record<string, number>>;
  close: () => Promise<void>;
}

export async function startPeers(): Promise<Peers> {
  const steps = new Steps();
  const given = new Map<string, Record<string, number>>();
  const [dynamoDb, inbox, pool] = await Promise.all([startDynamoDb(), startInbox(), startGroups(given)]);
  const proxies = await Promise.all([dynamoDb, inbox, pool].map(({ url }) => steps.proxy(url)));
  const client = new DynamoDBClient({
    endpoint: dynamoDb.url,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
  });
  return {
    steps,
    env: environment(proxies.map(({ url }) => url)),
    directEnv: environment([dynamoDb.url, inbox.url, pool.url]),
    store: dynamodbStore(client, TABLE_NAME, { limitMs: 30_000 }),
    mailsFor: async (address) => (await inbox.mailFor(address)).length,
    groupsOf: (username) => given.get(username) ?? {},
    close: async () => {
      client.destroy();
      await Promise.all([...proxies, dynamoDb, inbox, pool].map((server) => server.close()));
    },
  };
}

function environment([dynamoDb = '', ses = '', cognito = '']: string[]): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    TABLE_NAME,
    APP_CLIENT_IDS: '*',
    MAIL_FROM: 'Gatehouse <gatehouse@example.com>',
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
    AWS_ENDPOINT_URL_SESV2: ses,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito,
  };
}

/** As much of a user pool as giving groups takes: every user and group is there, and nobody is ever taken out. */
function startGroups(given: Map<string, Record<string, number>>): Promise<LocalServer> {
  return serve(0, async (request, response) => {
    const { Username = '', GroupName = '' } = JSON.parse(await readBody(request)) as Record<string, string>;
    if (!String(request.headers['x-amz-target']).endsWith('.AdminAddUserToGroup'))
      return sendJson(response, 400, { __type: 'UnknownOperationException' });
    const groups = given.get(Username) ?? {};
    given.set(Username, { ...groups, [GroupName]: (groups[GroupName] ?? 0) + 1 });
    sendJson(response, 200, {});
  });
}
