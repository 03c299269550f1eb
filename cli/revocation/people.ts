/** The users of a pool, as far as revoking needs them. Loads the SDK: import it lazily. */

import {
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { POOL_ID } from '../../shared/runtime/config.ts';
import { awsClientConfig, regionOf } from '../aws-clients.ts';
import type { AwsOptions } from '../aws-options.ts';

export interface Person {
  sub: string;
  username: string;
}

export interface PoolUsers {
  /** All who are found so: an address may be of several, an own account and a federated one. */
  find: (by: 'sub' | 'username' | 'email', value: string) => Promise<Person[]>;
  /** Cognito then takes none of their refresh tokens any more. */
  signOut: (person: Person) => Promise<void>;
}

/** Asks `ListUsers` only: `AdminGetUser` would make the user a monthly active one (contracts D1). Throws the SDK's errors. */
export async function openPool(pool: string, options: AwsOptions): Promise<PoolUsers> {
  if (!POOL_ID.test(pool)) throw new TypeError(`${pool} is no user pool`);
  const client = new CognitoIdentityProviderClient(awsClientConfig(options, await regionOf(options, pool)));
  return {
    find: async (by, value) => {
      const found: Person[] = [];
      let PaginationToken: string | undefined;
      do {
        const page = await client.send(
          new ListUsersCommand({
            UserPoolId: pool,
            Filter: `${by} = "${value.replace(/["\\]/g, '\\$&')}"`,
            AttributesToGet: ['sub'],
            PaginationToken,
          }),
        );
        for (const { Username: username = '', Attributes: attributes = [] } of page.Users ?? []) {
          const sub = attributes.find(({ Name: name }) => name === 'sub')?.Value;
          if (sub) found.push({ sub, username });
        }
        PaginationToken = page.PaginationToken;
      } while (PaginationToken);
      return found;
    },
    signOut: async ({ username }) => {
      await client.send(new AdminUserGlobalSignOutCommand({ UserPoolId: pool, Username: username }));
    },
  };
}
