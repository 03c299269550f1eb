/**
 * Codes, as the triggers are built and as processes: each event three times at once; and ended before and after each
 * request, and delivered again. What has come of it is counted.
 */

import { answerEvent, askEvent, type Person, type TriggerEvent } from './events.ts';
import { atLeast, exactly, type Figure } from './figure.ts';
import type { Answer } from './function-process.ts';
import { newSession, responseOf, type Stand } from './stand.ts';
import type { Moment } from './steps.ts';

/** A trigger, and an event of its own for each trial. */
interface Subject {
  name: string;
  prepare: (stand: Stand, person: Person) => Promise<TriggerEvent>;
}

interface Trial {
  person: Person;
  answers: (Answer | 'ended')[];
}

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
  const asked = await raced(stand, ASK);
  const answered = await raced(stand, ANSWER);
  const askEnds = await endedEverywhere(stand, ASK);
  const answerEnds = await endedEverywhere(stand, ANSWER);
  const mails = (trials: readonly Trial[]) => Promise.all(trials.map(({ person }) => mailsOf(stand, person)));
  return [
    exactly('a code asked for 3 times at once: people', asked.length, RACES),
    exactly(
      '… people without exactly one mail',
      count(await mails(asked), (each) => each !== 1),
      0,
    ),
    exactly(
      '… deliveries that failed',
      count(
        asked.flatMap(({ answers }) => answers),
        isFailure,
      ),
      0,
    ),
    exactly('a right code 3 times at once: people', answered.length, RACES),
    exactly(
      '… people for whom it was not accepted exactly once',
      count(answered, (trial) => accepted(trial) !== 1),
      0,
    ),
    atLeast('a code asked for, ended before and after each request, and again: ends', askEnds.length, 2),
    exactly(
      '… people with two mails',
      count(await mails(askEnds), (each) => each > 1),
      0,
    ),
    atLeast('a right code, ended before and after each request, and again: ends', answerEnds.length, 2),
    exactly(
      '… people for whom it was accepted twice',
      count(answerEnds, (trial) => accepted(trial) > 1),
      0,
    ),
    // What is lost to a crash is lost: used up, and another code is to be asked for.
    atLeast(
      '… people for whom it was accepted once',
      count(answerEnds, (trial) => accepted(trial) === 1),
      1,
    ),
  ];
}

/** The same event at three processes at once. */
async function raced(stand: Stand, { name, prepare }: Subject): Promise<Trial[]> {
  const processes = [1, 2, 3].map(() => stand.start(name));
  const trials: Trial[] = [];
  for (let race = 0; race < RACES; race++) {
    const person = stand.newPerson();
    const event = await prepare(stand, person);
    trials.push({ person, answers: await Promise.all(processes.map((each) => each.invoke(event))) });
  }
  for (const each of processes) each.kill();
  return trials;
}

async function endedEverywhere(stand: Stand, subject: Subject): Promise<Trial[]> {
  const steps = await countSteps(stand, subject);
  const trials: Trial[] = [];
  for (let step = 1; step <= steps; step++)
    for (const moment of ['before', 'after'] as const)
      trials.push(await endedAt(stand, subject, { step, moment }));
  return trials;
}

async function endedAt(
  stand: Stand,
  { name, prepare }: Subject,
  at: { step: number; moment: Moment },
): Promise<Trial> {
  const person = stand.newPerson();
  const event = await prepare(stand, person);
  const victim = stand.start(name);
  stand.peers.steps.begin({ ...at, kill: () => victim.kill() });
  const cut = await victim.invoke(event);
  victim.kill();
  stand.peers.steps.begin(null);
  const second = stand.start(name);
  const answers = [cut, await second.invoke(event)];
  second.kill();
  return { person, answers };
}

async function countSteps(stand: Stand, { name, prepare }: Subject): Promise<number> {
  const event = await prepare(stand, stand.newPerson());
  const undisturbed = stand.start(name);
  stand.peers.steps.begin(null);
  await undisturbed.invoke(event);
  undisturbed.kill();
  return stand.peers.steps.asked.length;
}

async function mailsOf({ peers }: Stand, { email }: Person): Promise<number> {
  return (await peers.mailsFor(email)).length;
}

function accepted({ answers }: Trial): number {
  return count(answers, (answer) => responseOf(answer)['answerCorrect'] === true);
}

function isFailure(answer: Answer | 'ended'): boolean {
  return answer === 'ended' || !answer.ok;
}

function count<T>(items: readonly T[], is: (item: T) => boolean): number {
  return items.filter(is).length;
}
