/**
 * An event that comes more than once, as Cognito may deliver it: to several processes at once and to each once more; and
 * again, after the process that had it first has ended before or after one of its requests.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Person, TriggerEvent } from './events.ts';
import { atLeast, type Figure } from './figure.ts';
import type { Answer } from './function-process.ts';
import type { Stand, StartOptions } from './stand.ts';

/** A trigger, and an event of its own for each trial. */
export interface Subject extends Pick<StartOptions, 'invites'> {
  name: string;
  prepare: (stand: Stand, person: Person) => Promise<TriggerEvent>;
}

export interface Trial {
  person: Person;
  event: TriggerEvent;
  /** In the order of the deliveries. */
  answers: (Answer | 'ended')[];
}

/** As long as a function may hold a profile, and a little. */
const HOLD_MS = 4500;

/** By three processes at once, and by each once more. */
export async function raced(stand: Stand, subject: Subject, races = 5): Promise<Trial[]> {
  const processes = [1, 2, 3].map(() => stand.start(subject.name, subject));
  const trials: Trial[] = [];
  for (let race = 0; race < races; race++) {
    const trial = await newTrial(stand, subject);
    trials.push(trial);
    for (let repeat = 0; repeat < 2; repeat++)
      trial.answers.push(...(await Promise.all(processes.map((each) => each.invoke(trial.event)))));
  }
  for (const each of processes) each.kill();
  return trials;
}

/** Ended before and after each of its requests, somebody new each time; and delivered again at once, to another process. */
export async function endedEverywhere(stand: Stand, subject: Subject): Promise<Trial[]> {
  const undisturbed = stand.start(subject.name, subject);
  await undisturbed.invoke((await newTrial(stand, subject)).event);
  undisturbed.kill();
  const trials: Trial[] = [];
  for (let step = 1; step <= undisturbed.asked.length; step++)
    for (const moment of ['before', 'after'] as const) {
      const trial = await newTrial(stand, subject);
      trials.push(trial);
      await deliver(stand, { ...subject, end: { step, moment } }, [trial]);
      await deliver(stand, subject, [trial]);
    }
  return trials;
}

/** Once more, when nobody holds a profile any more. */
export async function deliverLater(stand: Stand, subject: Subject, trials: readonly Trial[]): Promise<void> {
  await sleep(HOLD_MS);
  await deliver(stand, subject, trials);
}

export function endsOf(what: string, trials: readonly Trial[]): Figure {
  const ends = trials.filter(({ answers }) => answers[0] === 'ended').length;
  return atLeast(
    `${what}, ended before and after each request, and again: ends`,
    ends,
    Math.max(2, trials.length),
  );
}

export function isFailure(answer: Answer | 'ended' | undefined): boolean {
  return answer === undefined || answer === 'ended' || !answer.ok;
}

async function newTrial(stand: Stand, { prepare }: Subject): Promise<Trial> {
  const person = stand.newPerson();
  return { person, event: await prepare(stand, person), answers: [] };
}

/** To one fresh process. */
async function deliver(
  stand: Stand,
  { name, ...options }: Subject & StartOptions,
  trials: readonly Trial[],
): Promise<void> {
  const process = stand.start(name, options);
  for (const { event, answers } of trials) answers.push(await process.invoke(event));
  process.kill();
}
