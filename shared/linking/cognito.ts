/** The user pool by its API. Import it lazily: the client is most of a cold start. */

import {
  AdminLinkProviderForUserCommand,
  AliasExistsException,
  type CognitoIdentityProviderClient,
  InvalidParameterException,
  ListUsersCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Directory, DirectoryError, type PoolUser } from './ports.ts';

/** The API's limit on a filter. */
const MAX_FILTER = 256;

/** One address has one account, or a few: more pages than this are none that we can judge. */
const MAX_PAGES = 4;

/** `client` has time limits of its own. */
export function cognitoDirectory(client: CognitoIdentityProviderClient): Directory {
  async function usersWith(pool: string, email: string): Promise<PoolUser[]> {
    const Filter = `email = "${email.replace(/["\\]/g, '\\$&')}"`;
    if (Filter.length > MAX_FILTER) throw new DirectoryError('DIRECTORY_UNAVAILABLE');
    const users: UserType[] = [];
    let PaginationToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await client
        .send(new ListUsersCommand({ UserPoolId: pool, Filter, PaginationToken }))
        .catch(fail);
      // Nobody found is an empty list; whatever else this is, it says nothing.
      if (answer.Users === undefined) throw new DirectoryError('DIRECTORY_MALFORMED');
      users.push(...answer.Users);
      ({ PaginationToken } = answer);
      if (PaginationToken === undefined) return users.map(poolUser);
    }
    throw new DirectoryError('DIRECTORY_MALFORMED');
  }

  return {
    usersByEmail: async (pool, emails) => {
      const found = await Promise.all(emails.map((email) => usersWith(pool, email)));
      return [...new Map(found.flat().map((user) => [user.username, user])).values()];
    },
    link: async (pool, username, { provider, subject }) => {
      try {
        await client.send(
          new AdminLinkProviderForUserCommand({
            UserPoolId: pool,
            DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: username },
            SourceUser: {
              ProviderName: provider,
              ProviderAttributeName: 'Cognito_Subject',
              ProviderAttributeValue: subject,
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof InvalidParameterException || error instanceof AliasExistsException) return false;
        return fail(error);
      }
    },
  };
}

/** What is not said counts as the worse: not enabled, no status. */
function poolUser({ Username, UserStatus, Enabled, Attributes = [] }: UserType): PoolUser {
  if (!Username) throw new DirectoryError('DIRECTORY_MALFORMED');
  return {
    username: Username,
    status: UserStatus ?? '',
    enabled: Enabled === true,
    attributes: Object.fromEntries(Attributes.map(({ Name = '', Value = '' }) => [Name, Value])),
  };
}

function fail(cause: unknown): never {
  throw cause instanceof DirectoryError ? cause : new DirectoryError('DIRECTORY_UNAVAILABLE', { cause });
}
