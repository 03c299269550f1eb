/**
 * How long the differential tests run, and from where. `RUNS` is how many evaluations the naive evaluator is asked for
 * (Cedar and IAM a tenth of it), `SEED` is printed by every run and gives the same worlds again, and `REPLAY` is the
 * `path` that fast-check prints with a failure: together they run that failure alone.
 */

import fc from 'fast-check';
import { world, type World } from './arbitraries.ts';

/** The run of `npm test`. */
export const SHORT = 10_000;

export const RUNS = Number(process.env['RUNS'] ?? SHORT);
export const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
export const REPLAY = process.env['REPLAY'];

/** Fewer questions than a world has on average, so that a run has as many as it should. */
const QUESTIONS = 12;

/** Asks `judge` about as many worlds as make this many questions. */
export async function judgeWorlds(
  name: string,
  questions: number,
  judge: (drawn: World) => Promise<void>,
): Promise<void> {
  process.stdout.write(`${name}: SEED=${SEED} RUNS=${RUNS}\n`);
  await fc.assert(fc.asyncProperty(world, judge), {
    seed: SEED,
    numRuns: Math.ceil(questions / QUESTIONS),
    includeErrorInReport: true,
    ...(REPLAY !== undefined && { path: REPLAY, endOnFailure: true }),
  });
}

/** Worlds as a list, where they are asked about more than once: always the same ones, unless `SEED` is set. */
export function sampleWorlds(questions: number): World[] {
  return fc.sample(world, {
    seed: Number(process.env['SEED'] ?? 1),
    numRuns: Math.ceil(questions / QUESTIONS),
  });
}

/** A jest time-out that a slow machine keeps too. */
export function patience(questions: number): number {
  return 30_000 + questions * 5;
}

/** A question as test/cases/decide.yml has them. */
export function asCase({ policy, ttl }: World, claims: object, request: string, answer: string): string {
  const circumstances = ttl === 0 ? '' : `, ${JSON.stringify({ ttl })}`;
  return [
    `- name: ${JSON.stringify(`${request}, drawn with SEED=${SEED}`)}`,
    '  policy: |',
    `    ${JSON.stringify(policy)}`,
    '  questions:',
    `    - [${JSON.stringify(claims)}, ${JSON.stringify(request)}, ${answer}${circumstances}]`,
  ].join('\n');
}
