/** Where managed login sends people, with their codes and tokens. */

import { isLoopbackHttp } from '../../policy/loopback.ts';
import { clientName, usesManagedLogin } from './app-clients.ts';
import type { AppClient } from './facts.ts';
import { type AuditRule, type Evidence, rule } from './rule.ts';
import { isNamed, majoritySite, siteOf } from './sites.ts';

export const CLIENT_URL_RULES: readonly AuditRule[] = [
  rule({
    id: 'POOL_CLIENT_URL_HTTP',
    severity: 'high',
    title: 'codes or tokens travel over plain HTTP',
    mend: 'use https: in CallbackURLs, DefaultRedirectURI and LogoutURLs',
    needs: ['clients'],
    find: ({ clients }) =>
      urlsOf(clients)
        .filter(({ url }) => url.protocol === 'http:' && !isLoopbackHttp(url))
        .map(evidence),
  }),
  rule({
    id: 'POOL_CLIENT_URL_LOOPBACK',
    severity: 'low',
    title: 'a client of a deployed application also sends people to their own machine',
    mend: 'give development an app client of its own, and take the loopback URL out of this one',
    needs: ['clients'],
    find: ({ clients }) =>
      clients.flatMap((client) => {
        const urls = urlsOf([client]);
        // Loopback alone is a native application's, or a developer's own client.
        return urls.every(({ url }) => isLoopback(url))
          ? []
          : urls.filter(({ url }) => isLoopback(url)).map(evidence);
      }),
  }),
  rule({
    id: 'POOL_CLIENT_URL_WILDCARD',
    severity: 'medium',
    title: 'a URL holds a wildcard',
    mend: 'write every URL out; Cognito compares them as they are',
    needs: ['clients'],
    find: ({ clients }) =>
      urlsOf(clients)
        .filter(({ text }) => text.includes('*'))
        .map(evidence),
  }),
  rule({
    id: 'POOL_CLIENT_URL_FOREIGN',
    severity: 'medium',
    title: 'people and their codes are sent to a host that is not among yours',
    mend: 'remove the URL, or name your hosts with --host',
    needs: ['clients', 'settings'],
    find: ({ clients, settings: { hosts } }) => {
      const urls = urlsOf(clients).filter(({ url }) => !isLoopback(url));
      if (hosts.length > 0) return urls.filter(({ url }) => !isNamed(url.hostname, hosts)).map(evidence);
      const sites = commonSites(urls);
      if (sites.length === 0) return [];
      return urls
        .filter(({ url }) => !sites.includes(siteOf(url.hostname)))
        .map(evidence)
        .map(({ subject, detail }) => ({
          subject,
          detail: `${detail}; most are under ${sites.join(' or ')}`,
        }));
    },
  }),
];

interface ClientUrl {
  client: AppClient;
  kind: 'callback' | 'logout';
  text: string;
  url: URL;
}

/** The web addresses of clients; a scheme of an application's own leads to a device, not to a host. */
function urlsOf(clients: readonly AppClient[]): ClientUrl[] {
  return clients.filter(usesManagedLogin).flatMap((client) => {
    const { CallbackURLs = [], DefaultRedirectURI, LogoutURLs = [] } = client;
    const callbacks = new Set([...CallbackURLs, ...(DefaultRedirectURI ? [DefaultRedirectURI] : [])]);
    return [
      ...[...callbacks].map((text) => ({ kind: 'callback' as const, text })),
      ...LogoutURLs.map((text) => ({ kind: 'logout' as const, text })),
    ].flatMap(({ kind, text }) => {
      if (!URL.canParse(text) || !/^https?:/i.test(text)) return [];
      return [{ client, kind, text, url: new URL(text) }];
    });
  });
}

/** The sites that most URLs of all clients have, or most of one client's: each may be an application of its own. */
function commonSites(urls: readonly ClientUrl[]): string[] {
  const clients = new Set(urls.map(({ client }) => client));
  const lists = [urls, ...[...clients].map((client) => urls.filter((each) => each.client === client))];
  return [...new Set(lists.flatMap((list) => majoritySite(list.map(({ url }) => url.hostname)) ?? []))];
}

function isLoopback({ hostname }: URL): boolean {
  return isLoopbackHttp({ protocol: 'http:', hostname } as URL);
}

function evidence({ client, kind, text }: ClientUrl): Evidence {
  return { subject: clientName(client), detail: `${kind} ${text}` };
}
