/** What the next token issue makes up for. */

import { profileKey } from '../store/keys.ts';
import { dataOf } from './profile.ts';
import { finish, type Person, take, type Work } from './work.ts';

/**
 * Sees to it that a user has a profile, and gives the default groups that are still due; says which those were, so that
 * the token in the making can carry them. A user without a profile gets an empty one: nobody saw the account being
 * confirmed, it may be older than the policy, and groups are for `gatehouse reconcile --users` to give. Throws
 * `StoreError`.
 */
export async function repairAtTokenIssue(
  work: Work,
  person: Person,
  until: number,
): Promise<{ added: string[]; errors: unknown[] }> {
  const { store } = work;
  const { pool, user, username } = person;
  const item = await store.get(profileKey(pool, user));
  if (item === null) {
    const empty = { username, confirmedAt: null, groups: {}, welcome: 'none' as const, busyUntil: 0 };
    await store.create(profileKey(pool, user), dataOf(empty), null);
    return { added: [], errors: [] };
  }
  const hold = await take(work, item, 'none');
  return hold === null ? { added: [], errors: [] } : finish(work, { person, hold, until });
}
