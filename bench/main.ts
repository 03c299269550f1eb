/**
 * `npm run bench [-- --quick] [-- --out DIR]`: what a decision costs beside libraries and the usual stack, in one run on
 * one machine (docs/bench.md). Prints a table; writes `results.json` and `results.svg` to `bench/`, and the tables of
 * README.md and docs/bench.md. With `--out` it writes the two files there; with `--quick` only then.
 */

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { buildContenders, buildProbes, type Contender, TRIGGERS } from './contenders.ts';
import { authorizerEvent, makeFixtures, triggerEvent } from './fixtures.ts';
import { inTurn, medianLatency, type Task, type Warm } from './measure.ts';
import { picture } from './picture.ts';
import { publish } from './publish.ts';
import { type Results, table } from './report.ts';
import { mapValues, median, quantile } from './statistics.ts';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean' }, out: { type: 'string' } } });

const FULL = {
  cold: 31,
  warm: 5,
  tokens: 9000,
  seen: 9000,
  remembered: 10_000,
  rules: [10, 100, 1000, 10_000],
  groups: [1, 10, 30, 100],
};
const QUICK = {
  cold: 2,
  warm: 1,
  tokens: 450,
  seen: 1000,
  remembered: 450,
  rules: [10, 100, 1000],
  groups: [1, 100],
};

async function main(): Promise<Results> {
  const plan = options.quick ? QUICK : FULL;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  try {
    say('building');
    const { authorizers, triggers } = await buildContenders(folder);
    const probe = await buildProbes(folder);
    const { tokens, env } = makeFixtures(Math.max(plan.tokens, plan.remembered));
    const file = (name: string, list: string[]) => {
      writeFileSync(join(folder, name), JSON.stringify(list));
      return join(folder, name);
    };
    const warmTokens = file('warm.json', tokens.slice(0, plan.tokens));
    const rememberedTokens = file('remembered.json', tokens.slice(0, plan.remembered));
    const event = { BENCH_EVENT: JSON.stringify(authorizerEvent(tokens[0] as string)) };
    const asked = { ...env, ...event, BENCH_ALLOWS: '1' };
    const task = <T>(
      contender: Contender,
      args: string[],
      read: (output: string) => T,
      more: Record<string, string> = asked,
    ): Task<T> => ({ contender, args, env: more, read });

    say('cold starts');
    const cold = await inTurn(
      [
        ...authorizers.map((each) => task(each, [probe('cold'), each.file], Number)),
        ...triggers.map((each) => task(each, [probe('cold'), each.file], Number, triggerEnv(each, env))),
      ],
      plan.cold,
    );
    say('warm decisions');
    const verifying = authorizers.filter(({ name }) => name !== 'nothing');
    const warmArgs = (each: Contender) => [probe('warm'), each.file, warmTokens, String(plan.seen)];
    const warm = await inTurn(
      verifying.map((each) => task(each, warmArgs(each), (output): Warm => JSON.parse(output))),
      plan.warm,
    );
    say('memory');
    const remembering = authorizers.filter(({ name }) => ['authorizer', 'fast-jwt', 'bare'].includes(name));
    const memoryArgs = (each: Contender) => ['--expose-gc', probe('memory'), each.file, rememberedTokens];
    const memory = await inTurn(
      remembering.map((each) => task(each, memoryArgs(each), Number)),
      1,
    );
    say('the policy core');
    const { rules, groups } = plan;
    const policyArgs = [join(import.meta.dirname, 'probes', 'policy.ts'), JSON.stringify({ rules, groups })];
    const { stdout } = await promisify(execFile)(process.execPath, policyArgs);

    return {
      machine: `Node ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'processor'}`,
      date: new Date().toISOString().slice(0, 10),
      quick: options.quick === true,
      plan,
      contenders: Object.fromEntries(
        [...authorizers, ...triggers].map(({ name, label, gzipBytes }) => [name, { label, gzipBytes }]),
      ),
      coldMs: mapValues(cold, (list) => ({ p50: median(list), p25: quantile(list, 0.25) })),
      warmUs: mapValues(warm, (list) => ({
        fresh: medianLatency(list.map(({ fresh }) => fresh)),
        seen: medianLatency(list.map(({ seen }) => seen)),
      })),
      rememberedBytes: mapValues(memory, ([bytes = Number.NaN]) => bytes / (plan.remembered - 10)),
      ...(JSON.parse(stdout) as Pick<Results, 'policyUs' | 'groupUs' | 'groupBytes'>),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function triggerEnv({ name }: Contender, env: Record<string, string>): Record<string, string> {
  const event = triggerEvent(name, TRIGGERS[name] as string);
  // What a function does not start without; nothing is ever asked of them.
  const needs = {
    TABLE_NAME: 'gatehouse',
    MAIL_FROM: 'no-reply@example.com',
    OTP_KEY_ID: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:codes',
  };
  // pre-token-generation would ask the table who is blocked.
  const asks = name === 'pre-token-generation' ? {} : needs;
  return { ...env, ...asks, APP_CLIENT_IDS: '*', BENCH_EVENT: JSON.stringify(event) };
}

function say(what: string): void {
  console.error(`bench: ${what} ...`);
}

const results = await main();
console.log(table(results));
const out = options.out ?? (options.quick ? null : import.meta.dirname);
if (out !== null) {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(out, 'results.svg'), picture(results));
  if (options.out === undefined) publish(results);
}
