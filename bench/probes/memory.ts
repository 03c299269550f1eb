/** What a process holds on to after each of these tokens has been verified once. Prints bytes. */

import { readFileSync } from 'node:fs';
import { eventWith } from './event.ts';

const [, , bundle = '', tokensFile = ''] = process.argv;
const tokens: string[] = JSON.parse(readFileSync(tokensFile, 'utf8'));
const { handler } = await import(bundle);

const held = () => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const ask = (token: string) => handler(eventWith(token), {});

// What is made once, for whatever number of tokens.
for (const token of tokens.slice(0, 10)) await ask(token);
const before = held();
for (const token of tokens.slice(10)) await ask(token);
const after = held();
// The list is in both numbers: without this V8 would free it before the second.
if (tokens.length === 0) throw new Error('no tokens');
process.stderr.write(String(after - before));
