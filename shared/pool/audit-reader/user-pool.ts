/** A user pool and what belongs to it. Its users are never asked for, and secrets are dropped where they arrive. */

import {
  type CognitoIdentityProviderClient,
  DescribeIdentityProviderCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type GroupType,
  ListGroupsCommand,
  ListIdentityProvidersCommand,
  ListUserPoolClientsCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { AppClient, MfaSettings, Provider } from '../audit/facts.ts';
import { allPages, type PartReader } from './parts.ts';

const PAGE = 60;

/** Throws what the SDK throws: without the pool there is nothing to examine. */
export async function describePool(
  client: CognitoIdentityProviderClient,
  poolId: string,
): Promise<UserPoolType> {
  const { UserPool: pool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  return { Id: poolId, ...pool };
}

export async function readMfa(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  { ask }: PartReader,
): Promise<MfaSettings | null> {
  return ask('cognito-idp:GetUserPoolMfaConfig', () =>
    client.send(new GetUserPoolMfaConfigCommand({ UserPoolId })),
  );
}

export async function readClients(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  { ask }: PartReader,
): Promise<AppClient[] | null> {
  const listed = await ask('cognito-idp:ListUserPoolClients', () =>
    allPages(async (NextToken?: string) => {
      const command = new ListUserPoolClientsCommand({ UserPoolId, MaxResults: PAGE, NextToken });
      const { UserPoolClients: items, NextToken: next } = await client.send(command);
      return { items, next };
    }),
  );
  if (listed === null) return null;
  const described = await Promise.all(
    listed.map(({ ClientId }) =>
      ask(`cognito-idp:DescribeUserPoolClient of ${ClientId}`, async () => {
        const command = new DescribeUserPoolClientCommand({ UserPoolId, ClientId });
        const { ClientSecret: _, ...kept } = (await client.send(command)).UserPoolClient ?? {};
        return kept;
      }),
    ),
  );
  return described.filter((each) => each !== null);
}

export async function readGroups(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  { ask }: PartReader,
): Promise<GroupType[] | null> {
  return ask('cognito-idp:ListGroups', () =>
    allPages(async (NextToken?: string) => {
      const command = new ListGroupsCommand({ UserPoolId, Limit: PAGE, NextToken });
      const { Groups: items, NextToken: next } = await client.send(command);
      return { items, next };
    }),
  );
}

export async function readProviders(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  { ask }: PartReader,
): Promise<Provider[] | null> {
  const listed = await ask('cognito-idp:ListIdentityProviders', () =>
    allPages(async (NextToken?: string) => {
      const command = new ListIdentityProvidersCommand({ UserPoolId, MaxResults: PAGE, NextToken });
      const { Providers: items, NextToken: next } = await client.send(command);
      return { items, next };
    }),
  );
  if (listed === null) return null;
  const described = await Promise.all(
    listed.map(({ ProviderName }) =>
      ask(`cognito-idp:DescribeIdentityProvider of ${ProviderName}`, async () => {
        const command = new DescribeIdentityProviderCommand({ UserPoolId, ProviderName });
        const { ProviderType, AttributeMapping } = (await client.send(command)).IdentityProvider ?? {};
        return { ProviderName, ProviderType, AttributeMapping };
      }),
    ),
  );
  return described.filter((each) => each !== null);
}
