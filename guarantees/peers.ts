/** The services that functions call, on this machine, with every effect to be counted; and the way there, step by step. */

import { REGION } from '../sandbox/aws/account.ts';
import { openTable } from '../sandbox/aws/dynamodb.ts';
import type { Mail } from '../sandbox/aws/inbox.ts';
import { OTP_KEY_ID, startServices } from '../sandbox/aws/services.ts';
import { UserPoolApi } from '../sandbox/aws/user-pool.ts';
import { type LocalServer, sendJson, serve } from '../sandbox/http.ts';
import { makeKeys } from '../sandbox/pool/keys.ts';
import type { Store } from '../shared/store/ports.ts';
import { ISSUER, tokenOf } from './events.ts';
import { Steps } from './steps.ts';

export interface Peers {
  steps: Steps;
  /** For the function whose process `Steps` knows by this name. */
  env: (process: string) => Record<string, string>;
  /** For whoever looks at what has come of it: past the proxies. */
  directEnv: Record<string, string>;
  store: Store;
  pool: UserPoolApi;
  /** What an address has got. */
  mailsFor: (address: string) => Promise<Mail[]>;
  /** A caller's token, of an issuer whose keys are among the services. */
  token: string;
  close: () => Promise<void>;
}

/** Where `OTP_KEY_ID` is a parameter. */
export const PARAMETER = `arn:aws:ssm:${REGION}:123456789012:parameter/gatehouse/codes`;

export async function startPeers(groups: readonly string[]): Promise<Peers> {
  const steps = new Steps();
  const pool = new UserPoolApi();
  pool.reset([], groups);
  const closers: (() => Promise<void>)[] = [];
  const [services, keys] = await Promise.all([startServices(closers), makeKeys()]);
  const started = async (server: Promise<LocalServer>) => {
    const { url, close } = await server;
    closers.push(close);
    return url;
  };
  const answering = (answer: unknown) =>
    started(serve(0, async (_, response) => sendJson(response, 200, answer)));
  const direct = {
    ...endpointsIn(services.env),
    AWS_ENDPOINT_URL_SSM: await answering({
      Parameter: { Value: services.secrets[OTP_KEY_ID]?.['AWSCURRENT'] },
    }),
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: await started(pool.listen()),
  };
  const proxied: Record<string, string> = {};
  for (const [name, url] of Object.entries(direct)) proxied[name] = await started(steps.proxy(url));
  const keysUrl = await started(steps.proxy(await answering(keys.jwks)));
  const table = openTable(services.dynamoDbUrl);
  const common = { ...services.env, PATH: process.env['PATH'] ?? '', APP_CLIENT_IDS: '*' };
  return {
    steps,
    env: (name) => ({
      ...common,
      ...proxied,
      AWS_SDK_UA_APP_ID: name,
      ISSUERS: JSON.stringify([{ ...ISSUER, jwksUri: `${keysUrl}/${name}/jwks.json` }]),
    }),
    directEnv: { ...common, ...direct },
    store: table.store,
    pool,
    mailsFor: services.inbox.mailFor,
    token: tokenOf(keys),
    close: async () => {
      table.close();
      for (const close of closers.toReversed()) await close();
    },
  };
}

function endpointsIn(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL_')));
}
