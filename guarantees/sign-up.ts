/**
 * pre-sign-up in invite mode: that somebody who comes from a provider is linked once and locked out never, and that an
 * invitation is as good the second time as the first, and no invitation as bad.
 */

import { giveInvitation } from '../shared/store/invitations.ts';
import { inviteKey } from '../shared/store/keys.ts';
import { endedEverywhere, endsOf, isFailure, raced, type Subject, type Trial } from './deliveries.ts';
import { externalEvent, type Person, signUpEvent } from './events.ts';
import { exactly, type Figure, none } from './figure.ts';
import { responseOf, type Stand } from './stand.ts';

/** Whoever has an account needs no invitation to be linked to it. */
const LINK: Subject = {
  name: 'pre-sign-up',
  invites: true,
  prepare: async (_, person) => externalEvent(person, subjectOf(person)),
};
const INVITED: Subject = {
  ...LINK,
  prepare: async ({ peers }, { email }) => {
    const wish = { write: true, nowSeconds: Math.floor(Date.now() / 1000) };
    await giveInvitation(peers.store, { invited: email, expiresAt: null }, wish);
    return signUpEvent(email);
  },
};
const UNINVITED: Subject = { ...LINK, prepare: async (_, { email }) => signUpEvent(email) };
const RACES = 5;

export async function signUpFigures(stand: Stand): Promise<Figure[]> {
  return [
    ...(await linkFigures(stand)),
    ...(await invitationFigures(stand, INVITED, 'with an invitation')),
    ...(await invitationFigures(stand, UNINVITED, 'without one')),
  ];
}

async function linkFigures(stand: Stand): Promise<Figure[]> {
  const all = await raced(stand, LINK, RACES);
  const ends = await endedEverywhere(stand, LINK);
  const isNotLinkedOnce = ({ person }: Trial) =>
    linksOf(stand, person).join() !== `Okta/${subjectOf(person)}`;
  return [
    exactly('somebody from a provider 3 times at once, then 3 times more: people', all.length, RACES),
    none(
      '… deliveries that failed',
      all.flatMap(({ answers }) => answers),
      isFailure,
    ),
    none('… people without exactly one link', all, isNotLinkedOnce),
    endsOf('somebody from a provider', ends),
    none('… people whom the repetition refused', ends, ({ answers }) => isFailure(answers[1])),
    none('… people without exactly one link', ends, isNotLinkedOnce),
  ];
}

async function invitationFigures(stand: Stand, subject: Subject, name: string): Promise<Figure[]> {
  const all = await raced(stand, subject, RACES);
  const ends = await endedEverywhere(stand, subject);
  const isInvited = subject === INVITED;
  const deliveries = [...all.flatMap(({ answers }) => answers), ...ends.map(({ answers }) => answers[1])];
  const figures = [
    exactly(`somebody ${name} 3 times at once, then 3 times more: people`, all.length, RACES),
    endsOf(`somebody ${name}`, ends),
  ];
  if (!isInvited)
    return [
      ...figures,
      none(
        '… deliveries that did not say that an invitation is needed',
        deliveries,
        (answer) => responseOf(answer)['error'] !== 'An invitation is needed',
      ),
    ];
  const invitations = await Promise.all(
    [...all, ...ends].map(({ person }) => stand.peers.store.get(inviteKey(person.email))),
  );
  return [
    ...figures,
    none('… deliveries, but those that were ended, that were refused', deliveries, isFailure),
    none('… invitations that are not there any more', invitations, (item) => item === null),
  ];
}

/** In capitals: a subject whose spelling is known (docs/federation.md). */
function subjectOf({ sub }: Person): string {
  return `00U${sub.slice(-12)}`;
}

function linksOf({ peers }: Stand, { sub }: Person): string[] {
  const mine = `${sub} <- `;
  return peers.pool.links.filter((link) => link.startsWith(mine)).map((link) => link.slice(mine.length));
}
