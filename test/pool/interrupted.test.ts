/**
 * The packed command, ended by force before or after AWS has done what a request asks, and run again: pools, clients
 * and functions come out as they went in. `RUNS` adds runs at random requests; `SEED` repeats one.
 */

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildCommand, temporaryFolder } from '../support/bundles.ts';
import { clientSettings, poolSettings } from '../support/pool-server/arbitraries.ts';
import { NEWER_PLACES, withNewer } from '../support/pool-server/newer.ts';
import type { Pool } from '../support/pool-server/pool.ts';
import type { Json } from '../support/pool-server/schema.ts';
import { type Call, PoolServer } from '../support/pool-server/server.ts';
import { furnish, OURS, POOL_ID, type Ran, STACK, startCommand } from '../support/pool-server/world.ts';

const RUNS = Number(process.env['RUNS'] ?? 2);
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Custom auth, so that an app client is written too. */
const POLICY = `version: 1
domains: { allow: [example.com] }
sign_in: { methods: [email_otp] }
`;

interface World {
  settings: Json;
  client: Json;
}

interface Moment {
  operation: string;
  /** Which of its calls, from 1. */
  nth: number;
  phase: Call['phase'];
}

const folder = temporaryFolder();
const server = new PoolServer();
let command = '';
let policy = '';

beforeAll(async () => {
  process.stdout.write(`interrupted: SEED=${SEED} RUNS=${RUNS}\n`);
  policy = folder.write('policy.yml', POLICY);
  [command] = await Promise.all([buildCommand(join(folder.path, 'dist')), server.start()]);
}, 120_000);
afterAll(() => server.stop());

const both = ['before', 'after'] as const;
/** Every kind of write, and the readings around it. */
const ATTACHING: Moment[] = [
  { operation: 'POST policy', nth: 2, phase: 'before' },
  { operation: 'POST policy', nth: 2, phase: 'after' },
  { operation: 'DescribeUserPool', nth: 2, phase: 'after' },
  ...both.map((phase) => ({ operation: 'UpdateUserPool', nth: 1, phase })),
  { operation: 'DescribeUserPool', nth: 3, phase: 'before' },
  ...both.map((phase) => ({ operation: 'UpdateUserPoolClient', nth: 1, phase })),
  { operation: 'DescribeUserPoolClient', nth: 3, phase: 'after' },
];
const DETACHING: Moment[] = [
  ...both.map((phase) => ({ operation: 'UpdateUserPoolClient', nth: 1, phase })),
  { operation: 'DescribeUserPoolClient', nth: 2, phase: 'after' },
  ...both.map((phase) => ({ operation: 'UpdateUserPool', nth: 1, phase })),
  { operation: 'DescribeUserPool', nth: 3, phase: 'after' },
  ...both.map((phase) => ({ operation: 'DELETE policy', nth: 3, phase })),
  { operation: 'GET policy', nth: 4, phase: 'after' },
];

/** Runs the command, and ends it at the moment; gives null if it came to its end before. */
async function run(args: string[], moment: Moment | null): Promise<Ran> {
  const words = [...args, POOL_ID, '--stack', STACK, '--endpoint', server.endpoint, '--force', '--yes'];
  const { done, kill } = startCommand(command, words, { cwd: folder.path });
  let seen = 0;
  server.on = ({ operation, phase }) => {
    if (moment === null || operation !== moment.operation) return undefined;
    if (phase === 'before') seen += 1;
    if (seen !== moment.nth || phase !== moment.phase) return undefined;
    kill();
    return 'drop';
  };
  const ran = await done;
  server.on = () => undefined;
  return ran;
}

/** All that the command could have changed. */
function everything(pool: Pool): Json {
  const { LastModifiedDate: _, ...description } = pool.describe();
  const clients = (server.clients.get(POOL_ID) ?? []).map((client) => {
    const { LastModifiedDate: __, ...settings } = client.describe();
    return settings;
  });
  return { description, clients, functions: structuredClone([...server.functions.byArn.values()]) };
}

async function attachAndDetach(
  { settings, client }: World,
  attaching: Moment | null,
  detaching: Moment | null,
): Promise<void> {
  rmSync(join(folder.path, 'gatehouse-backups'), { recursive: true, force: true });
  const pool = furnish(server, withNewer(settings), { newer: NEWER_PLACES });
  // What others have there can be called, so that detaching puts it back.
  for (const arn of arnsIn(pool.describe()['LambdaConfig'])) server.functions.add(arn);
  const [web] = server.clients.get(POOL_ID) ?? [];
  // A governed client that lacks custom auth, and has anything else.
  Object.assign(web?.settings ?? {}, client, { ExplicitAuthFlows: ['ALLOW_USER_AUTH'] });
  const before = everything(pool);
  const attach = ['attach', '--policy', policy, '--replace', '--no-users'];

  const ended = await run(attach, attaching);
  // Random moments may never come.
  if (ATTACHING.includes(attaching as Moment)) expect(ended.code).toBeNull();
  const { code, stdout, stderr } = await run(attach, null);
  expect({ code, stderr, stdout: code === 0 ? '' : stdout }).toEqual({ code: 0, stderr: '', stdout: '' });

  const attached = everything(pool);
  const { LambdaConfig: config, ...others } = attached['description'] as Json;
  const { LambdaConfig: __, ...othersBefore } = before['description'] as Json;
  expect(others).toEqual(othersBefore);
  expect(config).toMatchObject({
    PreSignUp: OURS['pre-sign-up'],
    DefineAuthChallenge: OURS['define-auth-challenge'],
    PreQuantum: { Retries: 2 },
  });
  expect(web?.settings['ExplicitAuthFlows']).toEqual(['ALLOW_USER_AUTH', 'ALLOW_CUSTOM_AUTH']);

  const endedToo = await run(['detach'], detaching);
  if (DETACHING.includes(detaching as Moment)) expect(endedToo.code).toBeNull();
  expect(await run(['detach'], null)).toMatchObject({ code: 0, stderr: '' });
  expect(everything(pool)).toEqual(before);
}

function arnsIn(config: unknown): string[] {
  if (typeof config === 'string') return config.startsWith('arn:aws:lambda') ? [config] : [];
  return typeof config === 'object' && config !== null ? Object.values(config).flatMap(arnsIn) : [];
}

describe('attach and detach, ended at any moment and run again, leave all as it was', () => {
  const worlds = fc.sample(fc.record({ settings: poolSettings(true), client: clientSettings() }), {
    seed: SEED,
    numRuns: ATTACHING.length + RUNS,
  });
  const named = (moment: Moment) => `${moment.phase} ${moment.operation} ${moment.nth}`;
  const cases = ATTACHING.map((attaching, index) => {
    const detaching = DETACHING[index] as Moment;
    return { name: `${named(attaching)}, ${named(detaching)}`, attaching, detaching, index };
  });

  it.each(cases)('$name', async ({ attaching, detaching, index }) => {
    await attachAndDetach(worlds[index] as World, attaching, detaching);
  });

  it(
    'at random requests',
    async () => {
      const random = fc.sample(fc.record({ attaching: moments(18), detaching: moments(12) }), {
        seed: SEED,
        numRuns: RUNS,
      });
      for (const [index, { attaching, detaching }] of random.entries())
        await attachAndDetach(worlds[ATTACHING.length + index] as World, attaching, detaching);
    },
    60_000 + RUNS * 10_000,
  );
});

/** Of the operations that both commands make. */
function moments(max: number): fc.Arbitrary<Moment> {
  return fc.record({
    operation: fc.constantFrom('GET policy', 'DescribeUserPool', 'UpdateUserPool', 'DescribeStacks'),
    nth: fc.integer({ min: 1, max }).map((nth) => Math.min(nth, 3)),
    phase: fc.constantFrom(...both),
  });
}
