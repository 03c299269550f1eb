/** The work on a profile: taken by one conditional write, done, and written down by another. */

import { MailError, type Mailer, mailErrorCode } from '../mail/ports.ts';
import { profileKey, unfinishedKey } from '../store/keys.ts';
import type { Item, Store } from '../store/ports.ts';
import { addGroups, type Time } from './add-groups.ts';
import type { Groups } from './ports.ts';
import {
  dataOf,
  dueGroups,
  held,
  isFinished,
  isOpen,
  type Outcome,
  type Profile,
  profileOf,
  withLateOutcome,
  withOutcome,
} from './profile.ts';

export interface Person {
  pool: string;
  /** The user's `sub`. */
  user: string;
  username: string;
  /** The verified address, in the form in which mail goes there; null if there is none. */
  address: string | null;
  /** May be empty. */
  name: string;
}

export interface Work extends Time {
  store: Store;
  groups: Groups;
  mail: Mailer;
  /** The policy's `confirmed.groups`. */
  granted: readonly string[];
}

/** A profile that is ours to work on. */
export interface Hold {
  item: Item;
  /** True if this hold, and no other, is the one that sends the welcome mail. */
  sends: boolean;
}

/** Which welcome mails a hold may take: none, those certainly not sent, or also those that perhaps were. */
export type MailReach = 'none' | 'due' | 'unknown';

/** Null if there is nothing to do, if somebody is at it, or if somebody was faster. */
export async function take(
  { store, granted, now }: Work,
  item: Item,
  reach: MailReach,
): Promise<Hold | null> {
  const profile = profileOf(item);
  if (profile.busyUntil > now()) return null;
  const sends = reach === 'unknown' ? isOpen(profile.welcome) : reach === 'due' && profile.welcome === 'due';
  if (!sends && dueGroups(profile, granted).length === 0) return null;
  const taken: Profile = { ...profile, welcome: sends ? 'sending' : profile.welcome };
  const written = await store.replace(item, dataOf(held(taken, now())), null);
  return written && { item: written, sends };
}

/** Does what is due and writes down what came of it; gives what was added, and every error there was. */
export async function finish(
  work: Work,
  { person, hold, until }: { person: Person; hold: Hold; until: number },
): Promise<{ added: string[]; errors: unknown[] }> {
  const names = dueGroups(profileOf(hold.item), work.granted);
  const [{ added, errors }, mailed] = await Promise.all([
    addGroups(work.groups, { member: person, names }, { ...work, until }),
    hold.sends ? sendWelcome(work.mail, person) : null,
  ]);
  if (mailed?.error) errors.push(mailed.error);
  try {
    await record(work, person, { item: hold.item, outcome: { added, welcome: mailed?.welcome ?? null } });
  } catch (error) {
    errors.push(error);
  }
  return { added, errors };
}

/** Puts a user on the list of those whose welcoming is not through. */
export async function list(store: Store, { pool, user, username }: Person): Promise<void> {
  await store.create(unfinishedKey(pool, user), { username }, null);
}

/** Strikes a user off the list of those whose welcoming is not through. */
export async function unlist(store: Store, { pool, user }: Pick<Person, 'pool' | 'user'>): Promise<void> {
  const marker = await store.get(unfinishedKey(pool, user));
  if (marker !== null) await store.remove(marker);
}

async function sendWelcome(
  mail: Mailer,
  { address, name }: Person,
): Promise<{ welcome: Outcome['welcome']; error?: unknown }> {
  try {
    if (address === null) throw new MailError('MAIL_REFUSED');
    await mail.send('welcome', address, { email: address, name });
    return { welcome: 'sent' };
  } catch (error) {
    return { welcome: mailErrorCode(error) === 'MAIL_REFUSED' ? 'due' : 'sending', error };
  }
}

const ATTEMPTS = 3;

/** If somebody has written in the meantime, because we took too long, the outcome is added to what they wrote. */
async function record(
  { store, granted }: Work,
  { pool, user }: Person,
  { item, outcome }: { item: Item; outcome: Outcome },
): Promise<void> {
  let current: Item | null = item;
  for (let attempt = 0; attempt < ATTEMPTS && current !== null; attempt++) {
    const profile = profileOf(current);
    const after: Profile =
      current === item
        ? { ...withOutcome(profile, outcome, granted), busyUntil: 0 }
        : withLateOutcome(profile, outcome, granted);
    const written = await store.replace(current, dataOf(after), null);
    if (written !== null) {
      if (isFinished(after, granted)) await unlist(store, { pool, user });
      return;
    }
    current = await store.get(profileKey(pool, user));
  }
}
