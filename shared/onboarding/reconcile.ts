/** What is left of welcoming users, and its repair, for whoever runs `gatehouse reconcile`. Repeating it changes nothing. */

import { profileKey, unfinishedKey } from '../store/keys.ts';
import type { Item } from '../store/ports.ts';
import { groupErrorCode } from './ports.ts';
import { dataOf, dueGroups, isFinished, isOpen, newProfile, type Profile, profileOf } from './profile.ts';
import { finish, list, type Person, take, unlist, type Work } from './work.ts';

/** A user whose welcoming is not through. */
export interface Unfinished {
  /** The default groups that are still to be given. */
  groups: string[];
  /** The welcome mail was certainly not sent, or it may have been. Null: it was, or nobody wants it. */
  welcome: 'unsent' | 'unknown' | null;
  /** Somebody is at work on it right now; what they leave is for the next time. */
  busy: boolean;
  /** False if nothing was written down of the account being confirmed. */
  recorded: boolean;
}

export type Who = Pick<Person, 'pool' | 'user' | 'username'>;

export interface Wishes {
  /** The policy's `confirmed.welcome`. */
  welcome: boolean;
  /** What to do about welcome mails that were not, or perhaps not, sent. */
  mail: 'leave' | 'send' | 'skip';
  /** When to give up on groups, epoch ms. */
  until: number;
}

export interface Repaired {
  added: string[];
  errors: unknown[];
  /** The user is not there any more, and now their profile is not either. */
  gone: boolean;
  /** Null if all is done. */
  left: Unfinished | null;
}

/** Who is listed as unfinished. Some may turn out to be through (`inspect`): their listing outlived a crash. */
export async function* listedUsers({ store }: Pick<Work, 'store'>, pool: string): AsyncIterable<Who> {
  for await (const { key, data } of store.list(unfinishedKey(pool, '').pk)) {
    const { username } = data;
    yield { pool, user: key.sk, username: typeof username === 'string' ? username : key.sk };
  }
}

/** Null if all is done. Writes nothing. */
export async function inspect(
  { store, granted, now }: Pick<Work, 'store' | 'granted' | 'now'>,
  { pool, user }: Who,
  { welcome }: Pick<Wishes, 'welcome'>,
): Promise<Unfinished | null> {
  const profile = recordOf(await store.get(profileKey(pool, user)));
  if (profile === null)
    return { groups: [...granted], welcome: welcome ? 'unsent' : null, busy: false, recorded: false };
  if (isFinished(profile, granted)) return null;
  const state = profile.welcome === 'due' ? 'unsent' : profile.welcome === 'sending' ? 'unknown' : null;
  return {
    groups: dueGroups(profile, granted),
    welcome: state,
    busy: profile.busyUntil > now(),
    recorded: true,
  };
}

/** Does what is left of one user's welcome. Throws `StoreError`. */
export async function repair(work: Work, person: Person, wishes: Wishes): Promise<Repaired> {
  const item = await recorded(work, person, wishes);
  if (item === null) return { added: [], errors: [], gone: false, left: await inspect(work, person, wishes) };
  const hold = await take(work, item, wishes.mail === 'send' ? 'unknown' : 'none');
  const done = hold && (await finish(work, { person, hold, until: wishes.until }));
  const { added, errors } = done ?? { added: [], errors: [] };
  if (errors.some((error) => groupErrorCode(error) === 'GROUP_USER_GONE')) {
    await forget(work, person);
    return { added, errors: [], gone: true, left: null };
  }
  const left = await inspect(work, person, wishes);
  if (left === null) await unlist(work.store, person);
  return { added, errors, gone: false, left };
}

/** For a user who is not there any more. */
export async function forget({ store }: Pick<Work, 'store'>, { pool, user }: Who): Promise<void> {
  const profile = await store.get(profileKey(pool, user));
  if (profile !== null) await store.remove(profile);
  await unlist(store, { pool, user });
}

/** The profile as it should have been written at first, or as it is; without its mail if that is to be left out. */
async function recorded(work: Work, person: Person, { welcome, mail }: Wishes): Promise<Item | null> {
  const { store, now, granted } = work;
  const key = profileKey(person.pool, person.user);
  const item = await store.get(key);
  const before = recordOf(item);
  if (before !== null) {
    if (mail !== 'skip' || !isOpen(before.welcome) || before.busyUntil > now()) return item;
    return item && store.replace(item, dataOf({ ...before, welcome: 'skipped' }), null);
  }
  await list(store, person);
  const wanted = welcome && person.address !== null;
  const fresh = newProfile(person.username, {
    granted,
    welcome: wanted ? (mail === 'skip' ? 'skipped' : 'due') : 'none',
    nowMs: now(),
  });
  return item === null ? store.create(key, dataOf(fresh), null) : store.replace(item, dataOf(fresh), null);
}

/** Null if the confirming was not seen. */
function recordOf(item: Item | null): Profile | null {
  const profile = item && profileOf(item);
  return profile?.confirmedAt == null ? null : profile;
}
