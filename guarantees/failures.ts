/** Every call that a function makes, met with every fault, over a real socket; and that there are no others. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../scripts/bundle-options.ts';
import { CASES, type Case, SILENT, type Stated } from './calls.ts';
import { exactly, type Figure } from './figure.ts';
import type { Answer } from './function-process.ts';
import type { Stand } from './stand.ts';
import type { FaultKind } from './steps.ts';

const LIMIT_MS = 4000;
/** Each list in its order, and both at once: one takes about as long as the other. */
const FAULTS: FaultKind[][] = [['slow'], ['refused', 'throttled', 'denied', 'lying']];

export async function failureFigures(stand: Stand): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const each of CASES)
    for (const [request, stated] of Object.entries(each.stated))
      figures.push(await withFaults(stand, each, { request, stated }));
  return [...figures, await silence(stand), unlisted(stand)];
}

async function withFaults(
  stand: Stand,
  each: Case,
  { request, stated }: { request: string; stated: Stated },
): Promise<Figure> {
  const results: { answer: string; ms: number }[] = [];
  const inTurn = async (kinds: readonly FaultKind[]) => {
    for (const kind of kinds) results.push(await withFault(stand, each, { request, kind }));
  };
  await Promise.all(FAULTS.map(inTurn));
  const slowest = Math.max(...results.map(({ ms }) => ms));
  const answers = new Set(results.map(({ answer }) => answer));
  const measured = [...answers].join(', ');
  return {
    what: `${each.name}${each.when ? `, ${each.when}` : ''}: ${request}`,
    measured: `${measured}; ${(slowest / 1000).toFixed(1)} s at most, cold start and all`,
    goal: `${stated}, within ${LIMIT_MS / 1000} s`,
    met: measured === stated && slowest <= LIMIT_MS,
  };
}

async function withFault(
  stand: Stand,
  { name, start, event: prepare, sparing = 0, againAfterMs }: Case,
  fault: { request: string; kind: FaultKind },
): Promise<{ answer: string; ms: number }> {
  const event = await prepare(stand);
  let began = performance.now();
  const process = stand.start(name, { ...start, fault: { ...fault, sparing } });
  if (againAfterMs !== undefined) {
    await process.invoke(event);
    await sleep(againAfterMs);
    began = performance.now();
  }
  const answer = await process.invoke(event);
  const ms = performance.now() - began;
  process.kill();
  const isMet = process.asked.filter((asked) => asked === fault.request).length > sparing;
  return { answer: isMet ? answerOf(answer) : `${fault.kind}: not called`, ms };
}

function answerOf(answer: Answer | 'ended'): string {
  if (answer === 'ended') return 'ended';
  if (answer.ok) return isDeny(answer.payload) ? 'denies' : 'passes';
  return answer.message.startsWith('This is not possible right now') ? 'refuses' : `other: ${answer.message}`;
}

/** Of an authorizer: a no that is kept, as if it had been decided. */
function isDeny(payload: unknown): boolean {
  return JSON.stringify(payload).includes('"Effect":"Deny"');
}

/** All their sample events. */
async function silence(stand: Stand): Promise<Figure> {
  let requests = 0;
  for (const name of SILENT) {
    const process = stand.start(name);
    const folder = join(ROOT, 'events', name);
    for (const file of readdirSync(folder)) {
      const answer = await process.invoke(JSON.parse(readFileSync(join(folder, file), 'utf8')));
      if (answer === 'ended') throw new Error(`${name} has ended`);
    }
    process.kill();
    requests += process.asked.length;
  }
  return exactly(`${SILENT.join(', ')}: requests`, requests, 0);
}

/** Of everything that was measured up to here. */
function unlisted({ peers }: Stand): Figure {
  const listed = new Set(
    CASES.flatMap(({ name, stated }) => Object.keys(stated).map((request) => `${name}: ${request}`)),
  );
  const others = [...peers.steps.seen].filter((each) => !listed.has(each));
  return {
    what: 'requests of any function, in any run, that are not among these',
    measured: others.length === 0 ? 0 : others.join(', '),
    goal: '0',
    met: others.length === 0,
  };
}
