/**
 * Where everything is kept. A function's role reaches only the partition keys that it needs, by these prefixes
 * (deploy/resources/roles.yml, `dynamodb:LeadingKeys`). `user` is a user's `sub` unless said otherwise.
 */

import type { Key } from './ports.ts';

/** Who has an account, and how far the work of welcoming has come. */
export function profileKey(pool: string, user: string): Key {
  return { pk: `PROFILE#${pool}#${user}`, sk: 'PROFILE' };
}

/** Users whose welcoming is not through; all of a pool under one key, so that they can be listed. */
export function unfinishedKey(pool: string, user: string): Key {
  return { pk: `UNFINISHED#${pool}`, sk: user };
}

/** An invited address, or `@` and an invited domain. */
export function inviteKey(invited: string): Key {
  return { pk: 'INVITE', sk: invited };
}

/** A sign-in by custom challenge. `user`: the keyed hash of the user name, which may be anybody's guess. */
export function challengeKey(pool: string, user: string, kind: 'CODE' | 'LINK' | 'LOCK'): Key {
  return { pk: `CHALLENGE#${pool}#${user}`, sk: kind };
}

/** What denies every token of an earlier sign-in: `kind#value`, all under one key for one snapshot. */
export function cutKey(
  pool: string,
  kind: 'session' | 'token' | 'user' | 'client' | 'all',
  value: string,
): Key {
  return { pk: 'CUT', sk: `${kind}#${pool}#${value}` };
}

/** What stops the issue of tokens until it is lifted. */
export function blockKey(pool: string, kind: 'user' | 'client', value: string): Key {
  return { pk: `BLOCK#${pool}`, sk: `${kind}#${value}` };
}
