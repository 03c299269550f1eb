/** Whether an answer tells who has an account: its shape, and the time that it takes. */

import { median } from '../bench/statistics.ts';
import { answerEvent, askEvent, type Visitor } from './events.ts';
import type { Figure } from './figure.ts';
import type { FunctionProcess } from './function-process.ts';
import { newSession, responseOf, type Stand } from './stand.ts';

/** A difference that must be seen, were it there. */
const VISIBLE_MS = 5;
const PAIRS_AT_ONCE = 4;
const MAX_PAIRS = 400;

interface Sample {
  askMs: number;
  answerMs: number;
  /** The replies, with what is random in them taken out. */
  shape: string;
}

export async function timingFigures(stand: Stand): Promise<Figure[]> {
  const askers = processes(stand, 'create-auth-challenge');
  const judges = processes(stand, 'verify-auth-challenge');
  const known: Sample[] = [];
  const unknown: Sample[] = [];
  const sample = async (visitor: Visitor, index: number) =>
    sampleOf(visitor, askers[index] as FunctionProcess, judges[index] as FunctionProcess);
  // The first answer of a process is a cold start's.
  await Promise.all(askers.map((_, index) => sample({ name: `warm-up${index}` }, index)));
  while (known.length < MAX_PAIRS && !isSharp(known, unknown)) {
    const people = Array.from({ length: PAIRS_AT_ONCE }, stand.newPerson);
    const pairs = people.flatMap((person, index) => [
      sample(person, 2 * index).then((each) => known.push(each)),
      sample({ name: `nobody${known.length}-${index}` }, 2 * index + 1).then((each) => unknown.push(each)),
    ]);
    await Promise.all(pairs);
    // Whoever has served the known serves the unknown next.
    askers.push(askers.shift() as FunctionProcess);
    judges.push(judges.shift() as FunctionProcess);
  }
  for (const each of [...askers, ...judges]) each.kill();
  const shapes = new Set([...known, ...unknown].map(({ shape }) => shape));
  return [
    compared('a code that is asked for', known, unknown, 'askMs'),
    compared('a wrong answer', known, unknown, 'answerMs'),
    {
      what: `shapes of the replies, of ${known.length} known and ${unknown.length} unknown names`,
      measured: shapes.size,
      goal: '1',
      met: shapes.size === 1,
    },
  ];
}

function processes(stand: Stand, name: string): FunctionProcess[] {
  return Array.from({ length: 2 * PAIRS_AT_ONCE }, () => stand.start(name));
}

async function sampleOf(visitor: Visitor, asker: FunctionProcess, judge: FunctionProcess): Promise<Sample> {
  const start = performance.now();
  const asked = await asker.invoke(askEvent(visitor, newSession()));
  const askMs = performance.now() - start;
  const { privateChallengeParameters } = responseOf(asked);
  const again = performance.now();
  const answered = await judge.invoke(answerEvent(visitor, privateChallengeParameters, '00000000'));
  const answerMs = performance.now() - again;
  const shape = JSON.stringify([responseOf(asked), responseOf(answered)]).replaceAll(/[\w-]{22}/g, 'random');
  return { askMs, answerMs, shape };
}

function compared(
  what: string,
  known: readonly Sample[],
  unknown: readonly Sample[],
  of: 'askMs' | 'answerMs',
): Figure {
  const [ofKnown, ofUnknown] = [known, unknown].map((each) => each.map((sample) => sample[of]));
  const difference = median(ofKnown ?? []) - median(ofUnknown ?? []);
  const margin = marginOf(ofKnown ?? [], ofUnknown ?? []);
  const medians = `${median(ofKnown ?? []).toFixed(1)} and ${median(ofUnknown ?? []).toFixed(1)} ms`;
  return {
    what: `${what}: difference of the medians, known and unknown names`,
    measured: `${difference.toFixed(1)} ± ${margin.toFixed(1)} ms (${medians})`,
    goal: `nothing to be seen at ± ${VISIBLE_MS} ms`,
    met: margin <= VISIBLE_MS && Math.abs(difference) <= Math.max(margin, 1),
  };
}

function isSharp(known: readonly Sample[], unknown: readonly Sample[]): boolean {
  if (known.length < 40) return false;
  return (['askMs', 'answerMs'] as const).every(
    (of) =>
      marginOf(
        known.map((each) => each[of]),
        unknown.map((each) => each[of]),
      ) <=
      VISIBLE_MS / 2,
  );
}

/** Half of the 95 % interval of the difference of medians, by resampling. */
function marginOf(a: readonly number[], b: readonly number[]): number {
  const again = (values: readonly number[]) =>
    values.map(() => values[Math.floor(Math.random() * values.length)] ?? 0);
  const differences = Array.from({ length: 400 }, () => median(again(a)) - median(again(b))).toSorted(
    (x, y) => x - y,
  );
  return ((differences[389] ?? 0) - (differences[10] ?? 0)) / 2;
}
