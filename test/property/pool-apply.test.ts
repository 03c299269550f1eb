/** What `applyChange` promises, over HTTP against a pool that resets; the command itself: test/pool. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { awsClientConfig } from '../../cli/aws-clients.ts';
import { applyChange, type Change } from '../../shared/pool/apply.ts';
import { listBackups } from '../../shared/pool/backup.ts';
import { type Difference, differences } from '../../shared/pool/differences.ts';
import { withoutMembers } from '../../shared/pool/members.ts';
import { planAttach, planDetach } from '../../shared/pool/plan.ts';
import { poolRequest } from '../../shared/pool/pool-request.ts';
import { describePool, type Raw, updatePool } from '../../shared/pool/raw.ts';
import type { Replaceable } from '../../shared/pool/settle.ts';
import {
  lambdaConfigOf,
  POOL_TRIGGERS,
  type SlotValue,
  slotOf,
  type Trigger,
} from '../../shared/pool/triggers.ts';
import { poolSettings } from '../support/pool-server/arbitraries.ts';
import { Pool, type PoolBehaviour } from '../support/pool-server/pool.ts';
import { type Interruption, PoolServer } from '../support/pool-server/server.ts';

const RUNS = Number(process.env['RUNS'] ?? 25);
const ID = 'eu-west-1_AbCdEf123';

/** A failure that takes long to shrink is shown as far as it has been. */
const limits = { interruptAfterTimeLimit: 50_000 + 100 * RUNS, markInterruptAsFailure: true };

const OURS = Object.fromEntries(
  POOL_TRIGGERS.map((trigger) => [
    trigger,
    `arn:aws:lambda:eu-west-1:123456789012:function:gatehouse-dev-${trigger}`,
  ]),
) as Record<Trigger, string>;

const server = new PoolServer();
let client: CognitoIdentityProviderClient;
let backups = '';

beforeAll(async () => {
  await server.start();
  client = new CognitoIdentityProviderClient({
    ...awsClientConfig({ endpoint: server.endpoint }, 'eu-west-1', { attempts: 1 }),
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
beforeEach(() => {
  server.reset();
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const target: Replaceable = {
  key: { region: 'eu-west-1', poolId: ID },
  describe: () => describePool(client, ID),
  update: (request) => updatePool(client, request),
  requestOf: (settings, whole) => poolRequest(settings, { bothTexts: whole }),
};

const attach: Change = (description) => {
  const plan = planAttach(description, {
    functions: OURS,
    preTokenVersion: null,
    replace: true,
    force: true,
  });
  if (plan.refusals.length > 0) throw new Error(JSON.stringify(plan.refusals));
  return plan.changes.length === 0 ? null : plan.wanted;
};
const detachTo =
  (before: Raw): Change =>
  (description) => {
    const previous: Partial<Record<Trigger, SlotValue | null>> = Object.fromEntries(
      POOL_TRIGGERS.map((trigger) => [trigger, slotOf(lambdaConfigOf(before), trigger)]),
    );
    const plan = planDetach(description, { functions: OURS, previous, force: true });
    return plan.changes.length === 0 ? null : plan.wanted;
  };

const apply = (change: Change) => applyChange(target, change, { backups, pause: () => Promise.resolve() });
const without = (description: Raw) => withoutMembers(description, ['LastModifiedDate']);

const behaviours: fc.Arbitrary<Partial<PoolBehaviour>> = fc.record({
  echoesPreToken: fc.boolean(),
  takesBothTexts: fc.boolean(),
  keepsPoliciesAndMfa: fc.boolean(),
});

async function withPool(
  settings: Raw,
  behaviour: Partial<PoolBehaviour>,
  work: (pool: Pool) => Promise<void>,
) {
  server.reset();
  backups = mkdtempSync(join(tmpdir(), 'gatehouse-backups-'));
  const pool = new Pool(ID, settings, behaviour);
  server.pools.set(ID, pool);
  try {
    await work(pool);
  } finally {
    rmSync(backups, { recursive: true });
  }
}

describe('attaching and detaching', () => {
  it.each([true, false])('leave a pool as it was, field by field (every field set: %s)', async (full) => {
    await fc.assert(
      fc.asyncProperty(poolSettings(full), behaviours, async (settings, behaviour) => {
        await withPool(settings, behaviour, async (pool) => {
          const before = pool.describe();
          expect((await apply(attach)).outcome).toBe('written');
          for (const trigger of POOL_TRIGGERS)
            expect(slotOf(lambdaConfigOf(pool.describe()), trigger)?.arn).toBe(OURS[trigger]);
          const { LambdaConfig: _, ...others } = without(pool.describe());
          const { LambdaConfig: __, ...othersBefore } = without(before);
          expect(others).toEqual(othersBefore);
          expect((await apply(attach)).outcome).toBe('unchanged');
          await apply(detachTo(before));
          expect(without(pool.describe())).toEqual(without(before));
        });
      }),
      { ...limits, numRuns: RUNS },
    );
  });
});

const pathsOf = (found: Difference[]) => found.map(({ path }) => path.join('.'));

/** What another may do: set things, take things off, or write carelessly and so reset nearly all. */
const writers: fc.Arbitrary<(pool: Pool) => void> = fc.oneof(
  poolSettings(false).map((drawn) => (pool: Pool) => {
    const { Name: _, UserPoolTier: __, LambdaConfig: ___, ...some } = drawn;
    Object.assign(pool.settings, some);
  }),
  fc.nat().map((index) => (pool: Pool) => {
    const names = Object.keys(pool.settings).filter((name) => !['Name', 'UserPoolTier'].includes(name));
    delete pool.settings[names[index % names.length] ?? ''];
  }),
  fc.constant((pool: Pool) => {
    pool.update({ UserPoolId: ID, LambdaConfig: { UserMigration: OURS['pre-sign-up'] } });
  }),
  fc.constant((pool: Pool) => {
    pool.settings['LambdaConfig'] = {};
  }),
);

/** With the text that is not in force, which AWS may drop: then our write has something to restore. */
const withBothTexts = (settings: Raw): Raw => ({
  ...settings,
  EmailConfiguration: { EmailSendingAccount: 'DEVELOPER' },
  VerificationMessageTemplate: {
    DefaultEmailOption: 'CONFIRM_WITH_CODE',
    EmailMessage: 'Code {####}',
    EmailMessageByLink: 'Link {##here##}',
  },
});

describe("another's change", () => {
  it('is never undone, whenever after our write it comes', async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        poolSettings(false),
        writers,
        fc.record({ calls: fc.nat({ max: 3 }), both: fc.boolean(), late: fc.boolean() }),
        async (settings, write, { calls, both, late }) => {
          const behaviour = { takesBothTexts: true, keepsOtherText: !both };
          await withPool(both ? withBothTexts(settings) : settings, behaviour, async (pool) => {
            let written = false;
            let left: Raw | null = null;
            let changed: string[] = [];
            let countdown = calls;
            server.on = ({ operation, phase }) => {
              if (left !== null) return undefined;
              // Between a reading and a write there is a moment that nobody can guard: AWS's writes have no condition.
              const free = written && operation === 'DescribeUserPool' && phase === 'before';
              written ||= operation === 'UpdateUserPool';
              if (!free || countdown-- > 0) return undefined;
              const was = pool.describe();
              write(pool);
              if (late) pool.lastModified += 5;
              pool.touch();
              left = pool.describe();
              changed = pathsOf(differences(was, left));
              return undefined;
            };
            const outcome = await apply(attach).then(
              ({ outcome: done }) => done,
              (error: Error) => error.name,
            );
            outcomes.add(`${outcome}${left === null ? '' : ' beside another'}`);
            expect(['written', 'restored', 'Conflict']).toContain(outcome);
            if (left === null) return;
            const undone = pathsOf(differences(left, pool.describe()));
            expect(undone.filter((path) => changed.includes(path))).toEqual([]);
          });
        },
      ),
      { ...limits, numRuns: RUNS * 3 },
    );
    expect([...outcomes]).toEqual(expect.arrayContaining(['written', 'Conflict beside another']));
  });

  it('before our write is carried', async () => {
    await fc.assert(
      fc.asyncProperty(poolSettings(false), poolSettings(false), async (settings, theirs) => {
        await withPool(settings, {}, async (pool) => {
          let left: Raw = {};
          server.on = ({ operation, phase, number }) => {
            if (operation !== 'UpdateUserPool' || phase !== 'before' || number > 2) return undefined;
            pool.settings = new Pool(ID, theirs).settings;
            pool.touch();
            left = without(pool.describe());
            return { code: 'ConcurrentModificationException' };
          };
          expect((await apply(attach)).outcome).toBe('written');
          const { LambdaConfig: _, ...others } = without(pool.describe());
          const { LambdaConfig: __, ...leftOthers } = left;
          expect(others).toEqual(leftOthers);
        });
      }),
      { ...limits, numRuns: RUNS },
    );
  });
});

describe('a text that is not in force', () => {
  it.each<[string, Partial<PoolBehaviour>, string]>([
    ['is kept by AWS', { keepsOtherText: true }, 'written'],
    ['is sent again where AWS drops it', { keepsOtherText: false, takesBothTexts: true }, 'restored'],
    ['is reported where AWS drops it and takes it no more', { keepsOtherText: false }, 'Conflict'],
  ])('%s', async (_, behaviour, expected) => {
    await withPool(withBothTexts({ UserPoolTier: 'ESSENTIALS' }), behaviour, async (pool) => {
      const before = pool.describe()['VerificationMessageTemplate'];
      const outcome = await apply(attach).then(
        ({ outcome: done }) => done,
        (error: Error) => error.name,
      );
      expect(outcome).toBe(expected);
      if (expected !== 'Conflict') expect(pool.describe()['VerificationMessageTemplate']).toEqual(before);
    });
  });
});

describe('whatever comes between', () => {
  const faults = fc.record({
    call: fc.integer({ min: 1, max: 5 }),
    phase: fc.constantFrom('before' as const, 'after' as const),
    fault: fc.constantFrom<Interruption[]>(
      'drop',
      { code: 'InternalErrorException', status: 500 },
      { code: 'TooManyRequestsException' },
      { code: 'ConcurrentModificationException' },
    ),
  });

  it('running it again comes to the same', async () => {
    await fc.assert(
      fc.asyncProperty(poolSettings(false), fc.array(faults, { maxLength: 3 }), async (settings, drawn) => {
        await withPool(settings, {}, async (pool) => {
          const before = pool.describe();
          server.on = ({ number, phase, operation }) => {
            const fault = drawn.find((each) => each.call === number && each.phase === phase);
            // AWS refuses a write before it has done it.
            if (fault && operation === 'UpdateUserPool' && phase === 'after' && isRefusal(fault.fault))
              return undefined;
            return fault?.fault;
          };
          await apply(attach).catch(() => undefined);
          server.on = () => undefined;
          expect(['written', 'unchanged']).toContain((await apply(attach)).outcome);
          for (const trigger of POOL_TRIGGERS)
            expect(slotOf(lambdaConfigOf(pool.describe()), trigger)?.arn).toBe(OURS[trigger]);
          await apply(detachTo(before));
          expect(without(pool.describe())).toEqual(without(before));
          expect(listBackups(backups, target.key).filter(({ pending }) => pending)).toEqual([]);
        });
      }),
      { ...limits, numRuns: RUNS * 2 },
    );
  });
});

function isRefusal(fault: Interruption): boolean {
  return fault !== 'drop' && fault.status === undefined;
}
