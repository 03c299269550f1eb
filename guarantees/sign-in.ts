/** The code of a sign-in: that it is mailed once and accepted once, however often and whenever its events come. */

import { endedEverywhere, endsOf, isFailure, raced, type Subject, type Trial } from './deliveries.ts';
import { answerEvent, askEvent } from './events.ts';
import { atLeast, exactly, type Figure, none } from './figure.ts';
import { newSession, responseOf, type Stand } from './stand.ts';

const ASK: Subject = {
  name: 'create-auth-challenge',
  prepare: async (_, person) => askEvent(person, newSession()),
};
const ANSWER: Subject = {
  name: 'verify-auth-challenge',
  prepare: async (stand, person) => {
    const { challenge, code } = await stand.mailedCode(person);
    return answerEvent(person, challenge, code);
  },
};
const RACES = 5;

export async function signInFigures(stand: Stand): Promise<Figure[]> {
  const asked = await raced(stand, ASK, RACES);
  const answered = await raced(stand, ANSWER, RACES);
  const askEnds = await endedEverywhere(stand, ASK);
  const answerEnds = await endedEverywhere(stand, ANSWER);
  const mails = (trials: readonly Trial[]) =>
    Promise.all(trials.map(async ({ person }) => (await stand.peers.mailsFor(person.email)).length));
  return [
    exactly('a code asked for 3 times at once, then 3 times more: people', asked.length, RACES),
    none('… people without exactly one mail', await mails(asked), (each) => each !== 1),
    none(
      '… deliveries that failed',
      asked.flatMap(({ answers }) => answers),
      isFailure,
    ),
    exactly('a right code 3 times at once, then 3 times more: people', answered.length, RACES),
    none('… people for whom it was not accepted exactly once', answered, (trial) => accepted(trial) !== 1),
    endsOf('a code asked for', askEnds),
    none('… people with two mails', await mails(askEnds), (each) => each > 1),
    endsOf('a right code', answerEnds),
    none('… people for whom it was accepted twice', answerEnds, (trial) => accepted(trial) > 1),
    // What is lost to a crash is lost: used up, and another code is to be asked for.
    atLeast(
      '… people for whom it was accepted once',
      answerEnds.filter((trial) => accepted(trial) === 1).length,
      1,
    ),
  ];
}

function accepted({ answers }: Trial): number {
  return answers.filter((answer) => responseOf(answer)['answerCorrect'] === true).length;
}
