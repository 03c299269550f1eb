/** Takes our functions off, and puts back what they had replaced: first the clients, then the pool, then the permissions. */

import { applyChange } from '../../shared/pool/apply.ts';
import { listClients, withoutCustomAuth } from '../../shared/pool/app-clients.ts';
import { readFunction } from '../../shared/pool/functions.ts';
import { disallowPool } from '../../shared/pool/permission.ts';
import { planDetach, type PoolPlan } from '../../shared/pool/plan.ts';
import {
  gaveCustomAuth,
  isCustomAuth,
  type PreviousSlot,
  previousSlots,
} from '../../shared/pool/previous.ts';
import { describePool, type PoolName, poolName, type Raw } from '../../shared/pool/raw.ts';
import { Refused } from '../../shared/pool/refusals.ts';
import type { SlotValue, Trigger } from '../../shared/pool/triggers.ts';
import { UsageError } from '../failure.ts';
import type { PoolAws } from './aws.ts';
import type { WriteOptions } from './options.ts';
import { isFailure, type Outcome, outcomeOf } from './outcome.ts';
import { replaceableClient, replaceablePool } from './replaceable.ts';
import { asked, findTargets } from './targets.ts';

export interface DetachOptions extends WriteOptions {
  trigger: Trigger[];
  restore: boolean;
}

export interface DetachedPool {
  pool: PoolName & { arn: string };
  plan: PoolPlan;
  /** What is put back, and the backup that remembers it. */
  previous: Partial<Record<Trigger, PreviousSlot>>;
  /** The clients that attaching gave `ALLOW_CUSTOM_AUTH`. */
  customAuthClients: string[];
  warnings: string[];
  written: {
    clients: ({ id: string } & Outcome)[];
    pool: Outcome | null;
    permissions: { trigger: Trigger; state: 'absent' | 'removed' }[];
  } | null;
}

/** Throws `UsageError` and `CommandFailure`. */
export async function detachPools(poolIds: string[], options: DetachOptions): Promise<DetachedPool[]> {
  const { aws, pools, functions: all } = await findTargets(poolIds, options);
  const entries = (Object.entries(all) as [Trigger, string][]).filter(
    ([trigger]) => options.trigger.length === 0 || options.trigger.includes(trigger),
  );
  if (entries.length === 0)
    throw new UsageError(
      'it is not known which functions are to be taken off\n  help: name the --stack, or a --function trigger=arn, as `gatehouse status` shows them',
    );
  const functions: Functions = Object.fromEntries(entries);
  const detached: DetachedPool[] = [];
  for (const poolId of pools)
    detached.push(await asked(`user pool ${poolId}`, () => look(aws, poolId, functions, options)));
  if (!options.yes || detached.some(({ plan }) => plan.refusals.length > 0)) return detached;
  for (const pool of detached) {
    pool.written = await write(aws, pool, functions, options);
    const { clients, pool: outcome } = pool.written;
    if ([...clients, ...(outcome ? [outcome] : [])].some(isFailure)) break;
  }
  return detached;
}

type Functions = Partial<Record<Trigger, string>>;

async function look(
  aws: PoolAws,
  poolId: string,
  functions: Functions,
  options: DetachOptions,
): Promise<DetachedPool> {
  const description = await describePool(aws.cognito, poolId);
  const key = { region: aws.region, poolId };
  const remembered = options.restore ? previousSlots(options.backups, key, functions) : {};
  const { previous, warnings } = await withoutGone(aws, remembered);
  const plan = planOf(description, functions, previous, options);
  const takesCustomAuth = plan.changes.some(({ trigger }) => isCustomAuth(trigger));
  const clients = takesCustomAuth ? await listClients(aws.cognito, poolId) : [];
  return {
    pool: { ...poolName(description, poolId, aws.region), arn: String(description['Arn']) },
    plan,
    previous,
    customAuthClients: clients
      .map(({ id }) => id)
      .filter((clientId) => gaveCustomAuth(options.backups, { ...key, clientId })),
    warnings: [
      ...plan.warnings,
      ...warnings,
      ...(options.restore ? plan.changes : [])
        .filter(({ trigger }) => !remembered[trigger])
        .map(({ trigger }) => `no backup says what ${trigger} called before: its slot is emptied`),
    ],
    written: null,
  };
}

/** A function that is gone cannot be called: its slot stays empty. */
async function withoutGone(
  aws: PoolAws,
  remembered: DetachedPool['previous'],
): Promise<Pick<DetachedPool, 'previous' | 'warnings'>> {
  const previous: DetachedPool['previous'] = {};
  const warnings: string[] = [];
  for (const [trigger, was] of Object.entries(remembered) as [Trigger, PreviousSlot][]) {
    const gone = was.slot !== null && (await readFunction(aws.lambda, was.slot.arn)).name === null;
    if (gone)
      warnings.push(`${trigger} called ${was.slot?.arn} before, which is not there any more: it stays empty`);
    else previous[trigger] = was;
  }
  return { previous, warnings };
}

function planOf(
  description: Raw,
  functions: Functions,
  previous: DetachedPool['previous'],
  { force }: DetachOptions,
): PoolPlan {
  const slots = (Object.entries(previous) as [Trigger, PreviousSlot][]).map(([trigger, { slot }]) => [
    trigger,
    slot,
  ]);
  return planDetach(description, {
    functions,
    previous: Object.fromEntries(slots) as Partial<Record<Trigger, SlotValue | null>>,
    force: force === true,
  });
}

async function write(
  aws: PoolAws,
  { pool, previous, customAuthClients }: DetachedPool,
  functions: Functions,
  options: DetachOptions,
): Promise<NonNullable<DetachedPool['written']>> {
  const apply = { backups: options.backups };
  const clients: ({ id: string } & Outcome)[] = [];
  for (const id of customAuthClients) {
    const change = (client: Raw) => withoutCustomAuth(client, options.force === true);
    clients.push({
      id,
      ...(await outcomeOf(() => applyChange(replaceableClient(aws, pool.id, id), change, apply))),
    });
  }
  const permissions: NonNullable<DetachedPool['written']>['permissions'] = [];
  if (clients.some(isFailure)) return { clients, pool: null, permissions };
  const outcome = await outcomeOf(async () => {
    const change = (description: Raw) => {
      const { changes, refusals, wanted } = planOf(description, functions, previous, options);
      if (refusals.length > 0) throw new Refused(refusals);
      return changes.length === 0 ? null : wanted;
    };
    const applied = await applyChange(replaceablePool(aws, pool.id), change, apply);
    // Last the permissions: nothing calls the functions any more.
    for (const [trigger, arn] of Object.entries(functions) as [Trigger, string][])
      permissions.push({ trigger, state: await disallowPool(aws.lambda, arn, { poolArn: pool.arn }) });
    return applied;
  });
  return { clients, pool: outcome, permissions };
}
