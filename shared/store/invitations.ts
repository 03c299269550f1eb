/** The invitations of `sign_up.mode: invite`, in the table. An invitation is not used up: its address is. */

import { invitationsOf } from '../policy/invitation.ts';
import { inviteKey } from './keys.ts';
import type { Store } from './ports.ts';

export interface Invitation {
  /** `ada@example.com`, or `@example.com`. */
  invited: string;
  /** Epoch seconds; null: never. */
  expiresAt: number | null;
  /** When it was first given, epoch seconds; null if the item does not say. */
  since: number | null;
}

export type InvitationChange = 'new' | 'changed' | 'unchanged' | 'removed' | 'absent';

/**
 * Why nobody has invited an address, or null if somebody has. Throws `StoreError`: who cannot be looked up is not let in.
 */
export async function invitationRefusal(
  store: Pick<Store, 'get'>,
  email: unknown,
): Promise<'email_missing' | 'domain_denied' | 'not_invited' | null> {
  if (typeof email !== 'string' || email === '') return 'email_missing';
  const invitations = await invitationsOf(email);
  if (invitations === null) return 'domain_denied';
  const found = await Promise.all(invitations.map((invited) => store.get(inviteKey(invited))));
  return found.some((item) => item !== null) ? null : 'not_invited';
}

/** `write: false` only says what would change. `invited` as `invitationFor` gives it. */
export async function giveInvitation(
  store: Store,
  { invited, expiresAt }: Pick<Invitation, 'invited' | 'expiresAt'>,
  { write, nowSeconds }: { write: boolean; nowSeconds: number },
): Promise<InvitationChange> {
  const there = await store.get(inviteKey(invited));
  if (there?.expiresAt === expiresAt) return 'unchanged';
  if (!write) return there ? 'changed' : 'new';
  const written = there
    ? await store.replace(there, there.data, expiresAt)
    : await store.create(inviteKey(invited), { since: nowSeconds }, expiresAt);
  // Somebody was faster; what they wrote is read and judged anew.
  if (written === null) return giveInvitation(store, { invited, expiresAt }, { write, nowSeconds });
  return there ? 'changed' : 'new';
}

/** As above. Who has an account keeps it. */
export async function takeBackInvitation(
  store: Store,
  invited: string,
  { write }: { write: boolean },
): Promise<InvitationChange> {
  const there = await store.get(inviteKey(invited));
  if (there === null) return 'absent';
  if (!write || (await store.remove(there))) return 'removed';
  return takeBackInvitation(store, invited, { write });
}

export async function* listInvitations(store: Pick<Store, 'list'>): AsyncIterable<Invitation> {
  for await (const { key, data, expiresAt } of store.list(inviteKey('').pk))
    yield {
      invited: key.sk,
      expiresAt,
      since: typeof data['since'] === 'number' ? data['since'] : null,
    };
}
