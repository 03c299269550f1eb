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

/** Sign-in by custom challenge. `user`: the keyed hash of the user name, which may be anybody's guess. */
export function challengeKey(pool: string, user: string): Key {
  return { pk: `CHALLENGE#${pool}#${user}`, sk: 'CHALLENGE' };
}

/**
 * A volume of the journal of cuts: what denies tokens of earlier sign-ins. All are under one key and in the order of their
 * numbers, so that who has read it once reads on from there.
 */
export function cutsKey(volume: number): Key {
  return { pk: 'CUT', sk: `N${String(volume).padStart(12, '0')}` };
}

/** The number of the journal's last volume, which outlives the volumes. */
export function lastCutsKey(): Key {
  return { pk: 'CUT', sk: 'LAST' };
}

/** What stops the issue of tokens until it is lifted. */
export function blockKey(pool: string, kind: 'user' | 'client', value: string): Key {
  return { pk: `BLOCK#${pool}`, sk: `${kind}#${value}` };
}
