/** A new account: that each effect of post-confirmation comes once, however often and whenever its event does. */

import { deliverLater, endedEverywhere, endsOf, isFailure, raced, type Subject } from './deliveries.ts';
import { effectsOf, reconcile } from './effects.ts';
import { confirmedEvent } from './events.ts';
import { atLeast, exactly, type Figure, none } from './figure.ts';
import type { Stand } from './stand.ts';

const CONFIRM: Subject = {
  name: 'post-confirmation',
  prepare: async (_, person) => confirmedEvent(person),
};
const RACES = 10;

export async function onboardingFigures(stand: Stand): Promise<Figure[]> {
  return [...(await delivered(stand)), ...(await ended(stand))];
}

async function delivered(stand: Stand): Promise<Figure[]> {
  const trials = await raced(stand, CONFIRM, RACES);
  const effects = await effectsOf(stand, trials);
  return [
    exactly('delivered 3 times at once, then 3 times more: users', trials.length, RACES),
    none(
      '… invocations that failed',
      trials.flatMap(({ answers }) => answers),
      isFailure,
    ),
    none('… users without exactly one profile', effects, ({ profiles }) => profiles !== 1),
    none(
      '… groups not given exactly once',
      effects.flatMap(({ groups }) => groups),
      (times) => times !== 1,
    ),
    none('… users without exactly one mail', effects, ({ mails }) => mails !== 1),
    none('… users still listed as unfinished', effects, ({ isListed }) => isListed),
  ];
}

async function ended(stand: Stand): Promise<Figure[]> {
  const trials = await endedEverywhere(stand, CONFIRM);
  await deliverLater(stand, CONFIRM, trials);
  const before = await effectsOf(stand, trials);
  const listed = await reconcile(stand);
  await reconcile(stand);
  const after = await effectsOf(stand, trials);
  const lost = trials.filter((_, index) => before[index]?.mails === 0);
  return [
    endsOf('the same', trials),
    none('… users without exactly one profile', after, ({ profiles }) => profiles !== 1),
    none('… users without a default group, after reconcile', after, ({ groups }) => groups.includes(0)),
    none('… mails sent twice, after reconcile too', after, ({ mails }) => mails > 1),
    none('… mails lost and not listed by reconcile', lost, ({ person }) => !listed.has(person.sub)),
    // For the record: what a crash costs at most.
    atLeast('… mails lost and listed', lost.length, 0),
  ];
}
