/** What the user pool of a scenario has: its machines' client, its providers, the attributes that people have. */

import { randomUUID } from 'node:crypto';
import { type AppClient, type IdentityProvider, MACHINE_CLIENT_ID } from './pool/settings.ts';
import type { Scenario } from './scenario.ts';

/** One client for all machines of a scenario: each asks for its own scopes. */
export function machineClientFor({ machines }: Scenario): AppClient {
  return {
    ClientId: MACHINE_CLIENT_ID,
    ClientSecret: randomUUID(),
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: [...new Set(Object.values(machines).flatMap(({ scopes }) => scopes))],
  };
}

/** Each provider knows its people by their names in the scenario. */
export function providersOf({ providers, people }: Scenario): Record<string, IdentityProvider> {
  const known = (provider: string) =>
    Object.entries(people).filter(([, person]) => person.provider === provider);
  return Object.fromEntries(
    Object.entries(providers).map(([provider, { mapping }]) => [
      provider,
      {
        type: 'OIDC',
        mapping,
        people: Object.fromEntries(
          known(provider).map(([name, { email, claims }]) => [
            name,
            { sub: `id-of-${name}`, email, ...claims },
          ]),
        ),
      },
    ]),
  );
}

/** Those that people have, or that providers are mapped to. */
export function customAttributesOf({ people, providers }: Scenario): string[] {
  const given = Object.values(people).flatMap(({ attributes = {} }) => Object.keys(attributes));
  const mapped = Object.values(providers).flatMap(({ mapping }) => Object.keys(mapping));
  return [...new Set([...given, ...mapped])].flatMap((name) =>
    name.startsWith('custom:') ? [name.slice('custom:'.length)] : [],
  );
}
