/** A pool's app clients: which of them the triggers govern, and what custom auth needs of those. */

import {
  type CognitoIdentityProviderClient,
  ListUserPoolClientsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CLIENT_DESCRIPTION_ONLY } from './client-request.ts';
import type { Raw } from './raw.ts';
import { Refused } from './refusals.ts';
import { unknownClientFields } from './unknown-fields.ts';

export interface AppClient {
  id: string;
  name: string;
}

const PAGE = 60;
const CUSTOM_AUTH = 'ALLOW_CUSTOM_AUTH';

export async function listClients(
  client: CognitoIdentityProviderClient,
  poolId: string,
): Promise<AppClient[]> {
  const found: AppClient[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListUserPoolClientsCommand({ UserPoolId: poolId, MaxResults: PAGE, NextToken: token }),
    );
    for (const { ClientId: id = '', ClientName: name = '' } of page.UserPoolClients ?? [])
      found.push({ id, name });
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}

/** How a client stands to `AuthFlow=CUSTOM_AUTH`. */
export type CustomAuthState =
  /** Allowed, or by default: a client that lists no flows has it (contracts E5). */
  | 'allowed'
  | 'missing'
  /** It lists flows by their old names, which cannot stand beside new ones. */
  | 'legacy';

export function customAuthState({ ExplicitAuthFlows: flows }: Raw): CustomAuthState {
  if (!Array.isArray(flows) || flows.length === 0) return 'allowed';
  if (flows.includes(CUSTOM_AUTH) || flows.includes('CUSTOM_AUTH_FLOW_ONLY')) return 'allowed';
  return flows.every((flow) => String(flow).startsWith('ALLOW_')) ? 'missing' : 'legacy';
}

/** A client with custom auth, or null if it has it. Throws `Refused` for one that cannot safely be written. */
export function withCustomAuth(client: Raw, force: boolean): Raw | null {
  if (customAuthState(client) !== 'missing') return null;
  guardClient(client, force);
  return { ...client, ExplicitAuthFlows: [...(client['ExplicitAuthFlows'] as unknown[]), CUSTOM_AUTH] };
}

/** A client without it, or null if it has none. Throws as `withCustomAuth`. */
export function withoutCustomAuth(client: Raw, force: boolean): Raw | null {
  const { ExplicitAuthFlows: flows } = client;
  if (!Array.isArray(flows) || !flows.includes(CUSTOM_AUTH) || flows.length === 1) return null;
  guardClient(client, force);
  return { ...client, ExplicitAuthFlows: flows.filter((flow) => flow !== CUSTOM_AUTH) };
}

function guardClient(client: Raw, force: boolean): void {
  const unknown = unknownClientFields(client).filter(
    (path) => !CLIENT_DESCRIPTION_ONLY.has(path.split(/[.[]/)[0] ?? ''),
  );
  if (unknown.length === 0 || force) return;
  throw new Refused([
    {
      code: 'ATTACH_UNKNOWN_FIELDS',
      message: `app client ${String(client['ClientId'])} has settings that this version does not know, and could lose: ${unknown.join(', ')}`,
      hint: 'use a newer gatehouse; or --force, which sends them back as they came, and compares',
    },
  ]);
}
