/**
 * What happens once an account is confirmed. Cognito may say so three times, and all at once (contracts B1), and the
 * process may end between any two requests. So: the user is listed as unfinished before anything is done, the first
 * write of the profile decides who does it and claims the mail with it, and the listing goes when all is done.
 */

import { profileKey } from '../store/keys.ts';
import { addGroups } from './add-groups.ts';
import { dataOf, held, isFinished, newProfile, profileOf } from './profile.ts';
import { finish, type Hold, list, type Person, take, unlist, type Work } from './work.ts';

export interface Plan {
  /** The policy's `confirmed.welcome`. */
  welcome: boolean;
  /** The domain gate refuses the user as things are: the groups wait for the first token that it lets through. */
  waits: boolean;
}

/** No attempt at a group starts later than this after the event has come, and no mail later than that. */
const GROUPS_LIMIT_MS = 2500;
const MAIL_LIMIT_MS = 1700;

/** Does what it can; gives every error there was. Never throws: the account is confirmed, whatever comes of this. */
export async function onboard(work: Work, person: Person, plan: Plan): Promise<unknown[]> {
  const start = work.now();
  const until = start + GROUPS_LIMIT_MS;
  let hold: Hold | null;
  try {
    hold = plan.waits ? await wait(work, person) : await begin(work, person, { ...plan, start });
  } catch (error) {
    // Nothing can be written down. A mail would have nothing to keep it from going out twice; groups need no such thing.
    const names = plan.waits ? [] : work.granted;
    const { errors } = await addGroups(work.groups, { member: person, names }, { ...work, until });
    return [error, ...errors];
  }
  return hold === null ? [] : (await finish(work, { person, hold, until })).errors;
}

/** Null if somebody is at it already, or all is done. */
async function begin(
  work: Work,
  person: Person,
  { welcome, start }: { welcome: boolean; start: number },
): Promise<Hold | null> {
  const { store, now, granted } = work;
  const { pool, user } = person;
  await list(store, person);
  const inTime = now() - start < MAIL_LIMIT_MS;
  const mails = welcome && person.address !== null;
  const fresh = held(
    newProfile(person.username, {
      granted,
      welcome: mails ? (inTime ? 'sending' : 'due') : 'none',
      nowMs: now(),
    }),
    now(),
  );
  const hold = (item: Hold['item']) => ({ item, sends: fresh.welcome === 'sending' });
  const created = await store.create(profileKey(pool, user), dataOf(fresh), null);
  if (created !== null) return hold(created);
  const there = await store.get(profileKey(pool, user));
  if (there === null) return null;
  const profile = profileOf(there);
  if (profile.confirmedAt === null) {
    // A token was faster than the store was back.
    const taken = await store.replace(there, dataOf(fresh), null);
    return taken && hold(taken);
  }
  if (!isFinished(profile, granted)) return take(work, there, inTime ? 'due' : 'none');
  await unlist(store, person);
  return null;
}

/** Nothing is under way, so nobody is listed. */
async function wait({ store, granted, now }: Work, { pool, user, username }: Person): Promise<null> {
  const profile = newProfile(username, { granted, welcome: 'none', nowMs: now() });
  await store.create(profileKey(pool, user), dataOf(profile), null);
  return null;
}
