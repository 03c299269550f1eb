/**
 * pre-token-generation, for people who were mailed and got no groups when their account was confirmed: that it gives them what is
 * due, mails nobody, and stops nobody's sign-in.
 */

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
import { confirmedEvent, type Person, tokenEvent } from './events.ts';
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

/** Has an account confirmed while its groups cannot be given. */
export async function leaveUnfinished(stand: Stand, person: Person): Promise<void> {
  const confirming = stand.start('post-confirmation', {
    fault: { request: 'AdminAddUserToGroup', kind: 'denied' },
  });
  await confirming.invoke(confirmedEvent(person));
  confirming.kill();
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
    none('… users without exactly one mail', effects, ({ mails }) => mails !== 1),
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
    none('… users without exactly one mail, after reconcile too', after, ({ mails }) => mails !== 1),
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
