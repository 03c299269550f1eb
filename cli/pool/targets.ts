/** Which pools a command is about, in which Region, and which functions are ours. */

import type { Artefact } from '../../shared/policy/artefact.ts';
import { hintOf } from '../../shared/pool/failures.ts';
import type { DeployedStack } from '../../shared/pool/stack.ts';
import { CUSTOM_AUTH_TRIGGERS, type Trigger } from '../../shared/pool/triggers.ts';
import { POOL_ID } from '../../shared/runtime/config.ts';
import { regionOf } from '../aws-clients.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { connect, type PoolAws } from './aws.ts';
import type { PoolOptions } from './options.ts';

export interface Targets {
  aws: PoolAws;
  pools: string[];
  /** By trigger; of the stack, then those that were named. */
  functions: Partial<Record<Trigger, string>>;
  authorizer: string | null;
}

/** Throws `UsageError` and `CommandFailure`. */
export async function findTargets(poolIds: string[], options: PoolOptions): Promise<Targets> {
  const { stack, ...found } = await findFunctions(options, poolIds);
  const pools = poolIds.length > 0 ? [...new Set(poolIds)] : stack?.poolId ? [stack.poolId] : [];
  if (pools.length === 0)
    throw new UsageError(
      'no user pool is given\n  help: name its id, or a --stack that was deployed for one',
    );
  return { ...found, pools, authorizer: stack?.authorizer ?? null };
}

/** Our functions alone, in the Region of the pools if there are any. Throws as `findTargets`. */
export async function findFunctions(
  options: PoolOptions,
  poolIds: string[] = [],
): Promise<Pick<Targets, 'aws' | 'functions'> & { stack: DeployedStack | null }> {
  const wrong = poolIds.find((id) => !POOL_ID.test(id));
  if (wrong !== undefined)
    throw new UsageError(`${wrong} is no user pool id\n  help: it looks like eu-west-1_AbCdEf123`);
  const aws = connect(options, await oneRegion(poolIds, options));
  const { stack: name } = options;
  const stack = name === undefined ? null : await asked(`stack ${name}`, () => aws.stack(name));
  const named = Object.fromEntries(options.function.map(({ trigger, arn }) => [trigger, arn]));
  return { aws, functions: { ...stack?.functions, ...named }, stack };
}

/** The triggers that the policy has work for, of those that there are functions for. */
export function neededFunctions(
  functions: Partial<Record<Trigger, string>>,
  policy: Artefact,
  only: readonly Trigger[],
): Partial<Record<Trigger, string>> {
  const isNeeded = (trigger: Trigger) => {
    if (only.length > 0) return only.includes(trigger);
    if (CUSTOM_AUTH_TRIGGERS.includes(trigger)) return policy.signIn !== undefined;
    return trigger !== 'inbound-federation' || Object.keys(policy.providers).length > 0;
  };
  const entries = Object.entries(functions) as [Trigger, string][];
  return Object.fromEntries(entries.filter(([trigger]) => isNeeded(trigger)));
}

/** Asks AWS; what it refuses is a failure that says what was asked, and how to get on. */
export async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { name, message } = error as Error;
    const hint = hintOf(error);
    if (hint === null) throw error;
    throw new CommandFailure(`${what}: ${name}: ${message}\n  help: ${hint}`, { cause: error });
  }
}

/** Functions and pool are in one Region, so a call is about one. */
async function oneRegion(poolIds: string[], options: PoolOptions): Promise<string> {
  const regions = new Set(
    await Promise.all((poolIds.length > 0 ? poolIds : ['']).map((id) => regionOf(options, id))),
  );
  const [region = ''] = regions;
  if (regions.size > 1)
    throw new UsageError(
      'the pools are in several Regions\n  help: one call for each Region, whose stack has the functions',
    );
  return region;
}
