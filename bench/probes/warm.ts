/** A process that goes on: tokens seen for the first time, then tokens seen before. Prints microseconds as JSON. */

import { readFileSync } from 'node:fs';
import { eventWith } from './event.ts';

const [, , bundle = '', tokensFile = '', seenCalls = ''] = process.argv;
const tokens: string[] = JSON.parse(readFileSync(tokensFile, 'utf8'));
const { handler } = await import(bundle);

const WARM_UP = Math.floor(tokens.length / 3);
const RECENT = 100;

async function run(list: readonly string[]) {
  const latencies = new Float64Array(list.length);
  const before = process.cpuUsage();
  for (const [index, token] of list.entries()) {
    const event = eventWith(token);
    const start = process.hrtime.bigint();
    await handler(event, {});
    latencies[index] = Number(process.hrtime.bigint() - start) / 1000;
  }
  const { user, system } = process.cpuUsage(before);
  latencies.sort();
  const at = (share: number) => latencies[Math.floor((list.length - 1) * share)];
  return { p50: at(0.5), p99: at(0.99), cpu: (user + system) / list.length };
}

const recent = tokens.slice(-RECENT);
const seen = Array.from({ length: Number(seenCalls) }, (_, index) => recent[index % RECENT] as string);
await run(tokens.slice(0, WARM_UP));
const fresh = await run(tokens.slice(WARM_UP));
await run(seen.slice(0, seen.length / 2));
process.stderr.write(JSON.stringify({ fresh, seen: await run(seen) }));
