/** How pools stand to our functions: what calls what, whether it may, in which mode, and what would have been refused. Reads only. */

import { readRefusals, type Refusals } from '../../shared/pool/metrics.ts';
import { type Permission, readPermission } from '../../shared/pool/permission.ts';
import { describePool, type PoolName, poolName } from '../../shared/pool/raw.ts';
import { otherReplicas, type Replica } from '../../shared/pool/replicas.ts';
import {
  functionOf,
  lambdaConfigOf,
  otherSlots,
  POOL_TRIGGERS,
  type SlotValue,
  slotOf,
  type Trigger,
} from '../../shared/pool/triggers.ts';
import { reasonOf } from '../../shared/pool/failures.ts';
import type { PoolAws } from './aws.ts';
import { type OurFunction, readOurs } from './ours.ts';
import type { PoolOptions } from './options.ts';
import { asked, findTargets } from './targets.ts';

export interface StatusOptions extends PoolOptions {
  since: number;
}

export interface PoolStatus {
  pool: PoolName;
  triggers: TriggerStatus[];
  /** Members of `LambdaConfig` that are not Gatehouse's. */
  others: string[];
  replicas: Replica[] | null;
}

export interface TriggerStatus {
  trigger: Trigger;
  attached: SlotValue | null;
  /** True if that is the stack's function; null if no stack and no function was named. */
  ours: boolean | null;
  permission: Permission | null;
  /** Only of ours: others' settings are not ours to read. */
  mode: OurFunction['mode'] | null;
  /** Why every call would fail. */
  flaw: string | null;
}

export interface Status {
  pools: PoolStatus[];
  sinceHours: number;
  /** Of the account and Region, whatever the pool or stage. Null if CloudWatch does not say. */
  wouldDeny: Refusals[] | null;
  denied: Refusals[] | null;
}

/** Throws `UsageError` and `CommandFailure`. */
export async function readStatus(poolIds: string[], options: StatusOptions): Promise<Status> {
  const { aws, pools, functions } = await findTargets(poolIds, options);
  const statuses: PoolStatus[] = [];
  for (const poolId of pools)
    statuses.push(await asked(`user pool ${poolId}`, () => poolStatus(aws, poolId, functions)));
  const [wouldDeny, denied] = await countRefusals(aws, options.since);
  return { pools: statuses, sinceHours: options.since, wouldDeny, denied };
}

/** What a person should look at: whoever signs in would fail. */
export function findingsOf({ pools }: Status): string[] {
  return pools.flatMap(({ pool, triggers }) =>
    triggers.flatMap(({ trigger, attached, permission, flaw }) => [
      ...(attached && permission === 'none'
        ? [`${pool.id}: ${trigger} may not be called: no permission for the pool`]
        : []),
      ...(attached && flaw !== null ? [`${pool.id}: ${trigger} fails every call: ${flaw}`] : []),
    ]),
  );
}

async function poolStatus(
  aws: PoolAws,
  poolId: string,
  functions: Partial<Record<Trigger, string>>,
): Promise<PoolStatus> {
  const description = await describePool(aws.cognito, poolId);
  const config = lambdaConfigOf(description);
  const poolArn = String(description['Arn']);
  const [ours, replicas] = await Promise.all([
    readOurs(aws, poolArn, functions),
    otherReplicas(aws.cognito, poolId, aws.region),
  ]);
  const known = Object.keys(functions).length > 0;
  const triggers = await Promise.all(
    POOL_TRIGGERS.map(async (trigger): Promise<TriggerStatus> => {
      const attached = slotOf(config, trigger);
      const mine = ours.find((each) => each.trigger === trigger);
      const isOurs = attached && mine && functionOf(mine.arn) === functionOf(attached.arn);
      if (isOurs)
        return {
          trigger,
          attached,
          ours: true,
          permission: mine.permission,
          mode: mine.mode,
          flaw: mine.flaw,
        };
      const permission = attached && (await readPermission(aws.lambda, attached.arn, { poolArn }));
      return { trigger, attached, ours: known ? false : null, permission, mode: null, flaw: null };
    }),
  );
  return {
    pool: poolName(description, poolId, aws.region),
    triggers,
    others: otherSlots(config),
    replicas,
  };
}

/** Whoever may not read metrics still learns the rest. */
export async function countRefusals(
  aws: PoolAws,
  sinceHours: number,
): Promise<[wouldDeny: Refusals[] | null, denied: Refusals[] | null]> {
  try {
    const client = await aws.cloudWatch();
    return await Promise.all([
      readRefusals(client, 'would_deny', sinceHours),
      readRefusals(client, 'deny', sinceHours),
    ]);
  } catch (error) {
    console.error(`note: CloudWatch was not asked (${reasonOf(error)}); would_deny is not known`);
    return [null, null];
  }
}
