/** What each trigger costs beside the usual stack: cold, in a fresh process and without a call; warm, with its calls. */

import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import type { Contender } from '../bench/contenders.ts';
import { inTurn } from '../bench/measure.ts';
import { median } from '../bench/statistics.ts';
import { BUNDLE, ROOT } from '../scripts/bundle-options.ts';
import {
  answerEvent,
  askEvent,
  confirmedEvent,
  signUpEvent,
  tokenEvent,
  type TriggerEvent,
} from './events.ts';
import type { Figure } from './figure.ts';
import { FunctionProcess } from './function-process.ts';
import { newSession, type Stand } from './stand.ts';

const COLD_ROUNDS = 15;
const COLD_BUDGET = 0.8;

/** A sample event that needs no call, and what makes events that need all of them. `warm`: how many. */
interface Trigger {
  sample: string;
  event: (stand: Stand) => Promise<TriggerEvent>;
  warm: number;
}

const TRIGGERS: Record<string, Trigger> = {
  'pre-sign-up': { sample: 'sign-up', event: async () => signUpEvent('new@example.com'), warm: 200 },
  'post-confirmation': {
    sample: 'forgot-password',
    event: async (stand) => confirmedEvent(stand.newPerson()),
    warm: 40,
  },
  'pre-token-generation': {
    sample: 'v3-client-credentials',
    event: async (stand) => tokenEvent(stand.newPerson()),
    warm: 100,
  },
  'inbound-federation': {
    sample: 'oidc',
    event: async () => JSON.parse(sampleOf('inbound-federation', 'oidc')) as TriggerEvent,
    warm: 200,
  },
  'define-auth-challenge': {
    sample: 'first',
    event: async () => JSON.parse(sampleOf('define-auth-challenge', 'first')) as TriggerEvent,
    warm: 200,
  },
  'create-auth-challenge': {
    sample: 'first',
    event: async (stand) => askEvent(stand.newPerson(), newSession()),
    warm: 5,
  },
  'verify-auth-challenge': {
    sample: 'choice',
    event: async (stand) => {
      const person = stand.newPerson();
      return answerEvent(person, (await stand.mailedCode(person)).challenge, '00000000');
    },
    warm: 5,
  },
};

export async function costFigures(stand: Stand): Promise<Figure[]> {
  const usual = await bundleUsual(stand);
  const cold = await coldTimes(stand, usual);
  const env = stand.peers.env('usual.1');
  const usualWarm = await warmTime(
    new FunctionProcess(usual, { ...env, USUAL_TABLE: String(env['TABLE_NAME']) }),
    Array.from({ length: 100 }, () => signUpEvent('usual@example.com')),
  );
  const usualCold = cold['usual'] ?? Number.NaN;
  const figures: Figure[] = [];
  for (const [name, trigger] of Object.entries(TRIGGERS)) {
    const events: TriggerEvent[] = [];
    for (let index = 0; index < trigger.warm; index++) events.push(await trigger.event(stand));
    const warm = await warmTime(stand.start(name), events);
    const ratio = (cold[name] ?? Number.NaN) / usualCold;
    figures.push({
      what: `${name}: cold (warm, with its calls on loopback)`,
      measured: `${ratio.toFixed(2)} x S, ${(cold[name] ?? Number.NaN).toFixed(0)} ms (${warm.toFixed(1)} ms; S with one write ${usualWarm.toFixed(1)} ms)`,
      goal: `cold at most ${COLD_BUDGET} x S`,
      met: ratio <= COLD_BUDGET,
    });
  }
  return figures;
}

/** And beside it the probe, as plain JavaScript. */
async function bundleUsual(stand: Stand): Promise<string> {
  const outdir = usualFolder(stand);
  const entryPoints = {
    index: join('guarantees', 'usual-trigger.ts'),
    cold: join('bench', 'probes', 'cold.ts'),
  };
  await build({ ...BUNDLE, entryPoints, outdir, logLevel: 'error' });
  return join(outdir, 'index.mjs');
}

async function coldTimes(stand: Stand, usual: string): Promise<Record<string, number>> {
  const probe = join(usualFolder(stand), 'cold.mjs');
  const task = (name: string, file: string, sample: string) => ({
    contender: { name, label: name, file, gzipBytes: 0 } satisfies Contender,
    args: [probe, file],
    // With a table, each token issue asks it who is blocked.
    env: {
      ...stand.peers.env(`${name}.0`),
      ...(name === 'pre-token-generation' && { TABLE_NAME: '' }),
      BENCH_EVENT: sample,
    },
    read: Number,
  });
  const tasks = Object.entries(TRIGGERS).map(([name, { sample }]) =>
    task(name, stand.file(name), sampleOf(name, sample)),
  );
  const times = await inTurn(
    [task('usual', usual, sampleOf('pre-sign-up', 'sign-up')), ...tasks],
    COLD_ROUNDS,
  );
  return Object.fromEntries(Object.entries(times).map(([name, each]) => [name, median(each)]));
}

/** Milliseconds, the median of all but the first. */
async function warmTime(process: FunctionProcess, events: TriggerEvent[]): Promise<number> {
  const times: number[] = [];
  for (const event of events) {
    const start = performance.now();
    const answer = await process.invoke(event);
    times.push(performance.now() - start);
    if (answer === 'ended' || !answer.ok) throw new Error('a function does not answer');
  }
  process.kill();
  return median(times.slice(1));
}

function sampleOf(name: string, sample: string): string {
  return readFileSync(join(ROOT, 'events', name, `${sample}.json`), 'utf8');
}

/** Beside the bundles, and gone with them. */
function usualFolder(stand: Stand): string {
  return join(dirname(dirname(stand.file('usual'))), 'usual');
}
