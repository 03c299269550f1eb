/** The services that functions call, on this machine, with every effect to be counted; and the way there, step by step. */

import { openTable } from '../sandbox/aws/dynamodb.ts';
import type { Mail } from '../sandbox/aws/inbox.ts';
import { startServices } from '../sandbox/aws/services.ts';
import { type LocalServer, readBody, sendJson, serve } from '../sandbox/http.ts';
import type { Store } from '../shared/store/ports.ts';
import { Steps } from './steps.ts';

/** The services, by the name that each has in `AWS_ENDPOINT_URL_*`. */
export const SERVICES = ['DYNAMODB', 'SESV2', 'SECRETS_MANAGER', 'COGNITO_IDENTITY_PROVIDER'] as const;
export type Service = (typeof SERVICES)[number];

export interface Peers {
  steps: Steps;
  /** Where each is, past the proxies. */
  addresses: Readonly<Record<Service, string>>;
  /** For a function whose requests are counted. */
  env: Record<string, string>;
  /** For whoever looks at what has come of it: past the proxies. */
  directEnv: Record<string, string>;
  store: Store;
  /** What an address has got. */
  mailsFor: (address: string) => Promise<Mail[]>;
  /** How often each group was given, by user name. */
  groupsOf: (username: string) => Readonly<Record<string, number>>;
  close: () => Promise<void>;
}

export async function startPeers(): Promise<Peers> {
  const steps = new Steps();
  const given = new Map<string, Record<string, number>>();
  const closers: (() => Promise<void>)[] = [];
  const [services, pool] = await Promise.all([startServices(closers), startUsers(given)]);
  closers.push(pool.close);
  const addresses: Record<Service, string> = {
    DYNAMODB: services.dynamoDbUrl,
    SESV2: services.inbox.url,
    SECRETS_MANAGER: String(services.env['AWS_ENDPOINT_URL_SECRETS_MANAGER']),
    COGNITO_IDENTITY_PROVIDER: pool.url,
  };
  const proxied = { ...addresses };
  for (const name of SERVICES) {
    const proxy = await steps.proxy(addresses[name]);
    closers.push(proxy.close);
    proxied[name] = proxy.url;
  }
  const table = openTable(addresses.DYNAMODB);
  const environment = (at: Record<Service, string>) => ({
    ...services.env,
    ...Object.fromEntries(SERVICES.map((name) => [`AWS_ENDPOINT_URL_${name}`, at[name]])),
    PATH: process.env['PATH'] ?? '',
    APP_CLIENT_IDS: '*',
  });
  return {
    steps,
    addresses,
    env: environment(proxied),
    directEnv: environment(addresses),
    store: table.store,
    mailsFor: services.inbox.mailFor,
    groupsOf: (username) => given.get(username) ?? {},
    close: async () => {
      table.close();
      for (const close of closers.toReversed()) await close();
    },
  };
}

/**
 * As much of a user pool as these triggers ask for: every user and group is there, nobody is ever taken out of one, and
 * whoever is looked for by address is one confirmed user.
 */
function startUsers(given: Map<string, Record<string, number>>): Promise<LocalServer> {
  return serve(0, async (request, response) => {
    const body = JSON.parse(await readBody(request)) as Record<string, string>;
    const { Username = '', GroupName = '', Filter = '' } = body;
    switch (String(request.headers['x-amz-target']).replace(/^\w+\./, '')) {
      case 'AdminAddUserToGroup': {
        const groups = given.get(Username) ?? {};
        given.set(Username, { ...groups, [GroupName]: (groups[GroupName] ?? 0) + 1 });
        return sendJson(response, 200, {});
      }
      case 'ListUsers':
        return sendJson(response, 200, { Users: [confirmedUser(/"(.*)"/.exec(Filter)?.[1] ?? '')] });
      case 'AdminLinkProviderForUser':
        return sendJson(response, 200, {});
      default:
        return sendJson(response, 400, { __type: 'UnknownOperationException' });
    }
  });
}

function confirmedUser(email: string) {
  const attributes = { sub: email, email, email_verified: 'true' };
  return {
    Username: email,
    UserStatus: 'CONFIRMED',
    Enabled: true,
    Attributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  };
}
