/** Whose account a vouched-for identity belongs to. Pure: every question to the pool has been asked. */

import { mailboxOf, type Mailbox } from '../policy/mailbox.ts';
import { identitiesOf } from './identity.ts';
import type { PoolUser } from './ports.ts';

/** Why an identity gets an account of its own: nothing of the pool is found that is surely the same person's. */
export type SeparateReason =
  | 'no_user'
  | 'several_users'
  | 'not_confirmed'
  | 'not_verified'
  | 'federated_user'
  | 'other_identity';

export type Judgement =
  | { kind: 'link'; user: PoolUser }
  | { kind: 'linked' }
  | { kind: 'separate'; reason: SeparateReason }
  /** An administrator has switched the person's account off. */
  | { kind: 'blocked' };

/**
 * `users` as the pool gave them for the mailbox. Both sides must be sure: the provider's word has been judged before,
 * and the account's own address must be verified, or whoever registers somebody's address first would get their sign-in.
 * `subject`: null if its spelling is not known.
 */
export async function judgeUsers(
  users: readonly PoolUser[],
  { address }: Mailbox,
  { provider, subject }: { provider: string; subject: string | null },
): Promise<Judgement> {
  const boxes = await Promise.all(users.map(({ attributes }) => mailboxOf(attributes['email'])));
  // The pool's own comparison is not ours.
  const holders = users.filter((_, index) => boxes[index]?.address === address);
  if (holders.some((user) => !user.enabled && hasVerifiedAddress(user))) return { kind: 'blocked' };
  // Anybody can register anybody's address: who has not confirmed it stands in nobody's way.
  const confirmed = holders.filter(({ status }) => status !== 'UNCONFIRMED');
  const [user, ...others] = confirmed.length > 0 ? confirmed : holders;
  if (user === undefined) return separate('no_user');
  if (others.length > 0) return separate('several_users');
  const known = identitiesOf(user.attributes).filter((identity) => identity.provider === provider);
  if (known.some((identity) => identity.subject === subject)) return { kind: 'linked' };
  if (user.status === 'EXTERNAL_PROVIDER') return separate('federated_user');
  if (user.status !== 'CONFIRMED' || !user.enabled) return separate('not_confirmed');
  if (!hasVerifiedAddress(user)) return separate('not_verified');
  // The provider has given the address to somebody else since.
  if (known.length > 0) return separate('other_identity');
  return { kind: 'link', user };
}

function hasVerifiedAddress({ attributes }: PoolUser): boolean {
  return attributes['email_verified'] === 'true';
}

function separate(reason: SeparateReason): Judgement {
  return { kind: 'separate', reason };
}
