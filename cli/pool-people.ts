/** The users of a pool as onboarding sees them. Reads `ListUsers` only. Loads the SDK: import it lazily. */

import {
  type CognitoIdentityProviderClient,
  ListUsersCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { personName } from '../shared/mail/person-name.ts';
import type { Person } from '../shared/onboarding/work.ts';
import { type MailIdentity, mailIdentity } from '../shared/policy/principal.ts';
import { userPages } from '../shared/pool/users.ts';
import { reasonOf } from '../shared/pool/failures.ts';
import { CommandFailure } from './failure.ts';

export interface PoolPerson extends Person {
  mail: MailIdentity;
  /** Enabled, and confirmed once. */
  isConfirmed: boolean;
  /** Epoch milliseconds. */
  createdAt: number;
}

/** Of `ListUsers`, 60 users each: a sixth of the account's quota. */
const PAGES_A_SECOND = 5;
const CONFIRMED = ['CONFIRMED', 'EXTERNAL_PROVIDER', 'RESET_REQUIRED'];

/** Null if there is no such user. Throws `CommandFailure`. */
export async function personBySub(
  client: CognitoIdentityProviderClient,
  { pool, user }: Pick<Person, 'pool' | 'user'>,
): Promise<PoolPerson | null> {
  const Filter = `sub = "${user.replace(/["\\]/g, '\\$&')}"`;
  const { Users: found = [] } = await client
    .send(new ListUsersCommand({ UserPoolId: pool, Filter, Limit: 1 }))
    .catch((error: unknown) => fail(pool, error));
  return found[0] ? personOf(pool, found[0]) : null;
}

/** Everybody, page by page. Throws `CommandFailure`. */
export async function* peopleOf(
  client: CognitoIdentityProviderClient,
  pool: string,
): AsyncGenerator<PoolPerson[]> {
  try {
    for await (const page of userPages(client, pool, PAGES_A_SECOND))
      yield await Promise.all(page.map((user) => personOf(pool, user)));
  } catch (error) {
    fail(pool, error);
  }
}

async function personOf(pool: string, user: UserType): Promise<PoolPerson> {
  const { Username = '', UserStatus = '', Enabled, UserCreateDate, Attributes = [] } = user;
  const attributes = Object.fromEntries(Attributes.map(({ Name = '', Value = '' }) => [Name, Value]));
  const mail = await mailIdentity(attributes['email'], attributes['email_verified']);
  return {
    pool,
    user: attributes['sub'] ?? '',
    username: Username,
    address: mail.domain === null ? null : mail.email,
    name: personName(attributes['given_name'] ?? attributes['name']),
    mail,
    isConfirmed: Enabled === true && CONFIRMED.includes(UserStatus) && attributes['sub'] !== undefined,
    createdAt: UserCreateDate?.getTime() ?? Number.POSITIVE_INFINITY,
  };
}

function fail(pool: string, cause: unknown): never {
  throw new CommandFailure(
    `the users of ${pool} cannot be read (${reasonOf(cause)})\n  help: check the pool's id, --region and --profile, and that you may call cognito-idp:ListUsers`,
    { cause },
  );
}
