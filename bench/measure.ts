/** Runs contenders in processes of their own, in turn, many short rounds, so that a busy moment hits all of them. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Contender } from './contenders.ts';
import { median } from './statistics.ts';

const run = promisify(execFile);

export interface Latency {
  /** Microseconds. */
  p50: number;
  p99: number;
  /** Microseconds of processor time for one decision, which is seconds for a million. */
  cpu: number;
}

export interface Warm {
  fresh: Latency;
  seen: Latency;
}

export interface Task<T> {
  contender: Contender;
  /** Arguments of Node, then the probe and its arguments. */
  args: string[];
  env: Record<string, string>;
  read: (output: string) => T;
}

/** Every task once in each round; gives each contender's results by its name. */
export async function inTurn<T>(tasks: Task<T>[], rounds: number): Promise<Record<string, T[]>> {
  const results: Record<string, T[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const { contender, args, env, read } of tasks) {
      (results[contender.name] ??= []).push(read(await outputOf(args, env)));
    }
  }
  return results;
}

/** What a probe prints on stderr: stdout has the log lines, and goes nowhere. */
async function outputOf(args: string[], env: Record<string, string>): Promise<string> {
  // A file is what Node writes to at once, as it writes to Lambda's log.
  const command = 'exec "$0" "$@" >/dev/null';
  const { stderr } = await run('/bin/sh', ['-c', command, process.execPath, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return stderr;
}

export function medianLatency(list: readonly Latency[]): Latency {
  const of = (key: keyof Latency) => median(list.map((each) => each[key]));
  return { p50: of('p50'), p99: of('p99'), cpu: of('cpu') };
}
