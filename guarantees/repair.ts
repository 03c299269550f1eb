/**
 * pre-token-generation, for people who were mailed and got no groups when their account was confirmed: that it gives them what is
 * due, mails nobody, and stops nobody's sign-in.
 */

import { POOL_ID } from '../sandbox/pool/settings.ts';
import { dataOf, newProfile } from '../shared/onboarding/profile.ts';
import { profileKey, unfinishedKey } from '../shared/store/keys.ts';
import {
  deliverLater,
  endedEverywhere,
  endsOf,
  isFailure,
  raced,
  type Subject,
  type Trial,
} from './deliveries.ts';
import { effectsOf, reconcile } from './effects.ts';
import { type Person, tokenEvent } from './events.ts';
import { exactly, type Figure, none } from './figure.ts';
import { GROUPS, responseOf, type Stand } from './stand.ts';

const ISSUE: Subject = {
  name: 'pre-token-generation',
  prepare: async (stand, person) => {
    await leaveUnfinished(stand, person);
    return tokenEvent(person);
  },
};
const RACES = 5;

export async function repairFigures(stand: Stand): Promise<Figure[]> {
  return [...(await issued(stand)), ...(await ended(stand))];
}

/** As post-confirmation leaves somebody whose groups could not be given. */
export async function leaveUnfinished({ peers: { store } }: Stand, { sub }: Person): Promise<void> {
  const profile = newProfile(sub, { granted: GROUPS, welcome: 'sent', nowMs: Date.now() });
  await store.create(unfinishedKey(POOL_ID, sub), { username: sub }, null);
  await store.create(profileKey(POOL_ID, sub), dataOf(profile), null);
}

async function issued(stand: Stand): Promise<Figure[]> {
  const trials = await raced(stand, ISSUE, RACES);
  const effects = await effectsOf(stand, trials);
  return [
    exactly('issued 3 times at once, then 3 times more: users', trials.length, RACES),
    none(
      '… tokens that were refused',
      trials.flatMap(({ answers }) => answers),
      isFailure,
    ),
    none(
      '… groups not given exactly once',
      effects.flatMap(({ groups }) => groups),
      (times) => times !== 1,
    ),
    none('… users for whom no token has the groups', trials, (trial) => !trial.answers.some(hasGroups)),
    none('… users who were mailed again', effects, ({ mails }) => mails > 0),
    none('… users still listed as unfinished', effects, ({ isListed }) => isListed),
  ];
}

async function ended(stand: Stand): Promise<Figure[]> {
  const trials = await endedEverywhere(stand, ISSUE);
  await deliverLater(stand, ISSUE, trials);
  const before = await effectsOf(stand, trials);
  await reconcile(stand);
  const after = await effectsOf(stand, trials);
  return [
    endsOf('the same', trials),
    none(
      '… tokens that were refused afterwards',
      trials.flatMap(({ answers }) => answers.slice(1)),
      isFailure,
    ),
    none('… users without a default group, before reconcile', before, ({ groups }) => groups.includes(0)),
    none('… users who were mailed again, after reconcile too', after, ({ mails }) => mails > 0),
    none('… users still listed as unfinished, after reconcile', after, ({ isListed }) => isListed),
  ];
}

function hasGroups(answer: Trial['answers'][number]): boolean {
  const { claimsAndScopeOverrideDetails: changes } = responseOf(answer) as {
    claimsAndScopeOverrideDetails?: { groupOverrideDetails?: { groupsToOverride?: string[] } };
  };
  const groups = changes?.groupOverrideDetails?.groupsToOverride ?? [];
  return GROUPS.every((name) => groups.includes(name));
}
