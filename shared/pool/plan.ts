/** What attaching and detaching change of a pool, and why they would not: pure, from its description alone. */

import type { Raw } from './raw.ts';
import type { Refusal } from './refusals.ts';
import {
  CUSTOM_AUTH_TRIGGERS,
  functionOf,
  lambdaConfigOf,
  type PreTokenVersion,
  type SlotValue,
  slotOf,
  type Trigger,
  withSlot,
} from './triggers.ts';
import { writeRefusals, writeWarnings } from './write-guards.ts';

export interface Desired {
  /** The ARN of the function for each trigger that is to be attached. */
  functions: Partial<Record<Trigger, string>>;
  /** Null: the one that is there, else the best that the tier has. */
  preTokenVersion: PreTokenVersion | null;
  /** Takes slots that call another function. */
  replace: boolean;
  /** Writes though the description holds what this version does not know; it is sent back as it came. */
  force: boolean;
}

export interface SlotChange {
  trigger: Trigger;
  from: SlotValue | null;
  to: SlotValue | null;
}

export interface PoolPlan {
  changes: SlotChange[];
  refusals: Refusal[];
  /** What the person should know before writing. */
  warnings: string[];
  /** The description as it is to be. */
  wanted: Raw;
}

export function planAttach(description: Raw, desired: Desired): PoolPlan {
  const config = lambdaConfigOf(description);
  const changes = entriesOf(desired.functions).flatMap(([trigger, arn]) => {
    const from = slotOf(config, trigger);
    const to = { arn, version: versionFor(trigger, from, description, desired) };
    return sameSlot(from, to) ? [] : [{ trigger, from, to }];
  });
  return {
    ...planChanges(description, changes),
    refusals:
      changes.length === 0
        ? []
        : [
            ...writeRefusals(description, desired.force),
            ...changes.flatMap((change) => slotRefusals(change, description, desired)),
            ...customAuthRefusals(description, changes),
          ],
  };
}

/** `previous`: what a slot called before Gatehouse took it; only slots that call one of `functions` are touched. */
export function planDetach(
  description: Raw,
  {
    functions,
    previous,
    force,
  }: Pick<Desired, 'functions' | 'force'> & {
    previous: Partial<Record<Trigger, SlotValue | null>>;
  },
): PoolPlan {
  const config = lambdaConfigOf(description);
  const changes = entriesOf(functions).flatMap(([trigger, arn]) => {
    const from = slotOf(config, trigger);
    if (from === null || functionOf(from.arn) !== functionOf(arn)) return [];
    return [{ trigger, from, to: previous[trigger] ?? null }];
  });
  return {
    ...planChanges(description, changes),
    refusals: changes.length === 0 ? [] : writeRefusals(description, force),
  };
}

function planChanges(description: Raw, changes: SlotChange[]): Omit<PoolPlan, 'refusals'> {
  const config = changes.reduce<Raw>(
    (before, { trigger, to }) => withSlot(before, trigger, to),
    lambdaConfigOf(description),
  );
  return {
    changes,
    warnings: changes.length === 0 ? [] : writeWarnings(description),
    wanted: changes.length === 0 ? description : { ...description, LambdaConfig: config },
  };
}

function slotRefusals(
  { trigger, from, to }: SlotChange,
  { Arn: poolArn, UserPoolTier: tier }: Raw,
  { replace }: Desired,
): Refusal[] {
  const refusals: Refusal[] = [];
  if (to === null) return refusals;
  if (from !== null && functionOf(from.arn) !== functionOf(to.arn) && !replace)
    refusals.push({
      code: 'ATTACH_SLOT_TAKEN',
      message: `${trigger} calls another function: ${from.arn}`,
      hint: '--replace, if Gatehouse is to take its place; the backup remembers it, and detach puts it back',
    });
  // A Lite pool that had it before November 2024 keeps it (contracts B6), and only such a pool has it.
  if (tier === 'LITE' && trigger === 'pre-token-generation' && isShaping(to) && !(from && isShaping(from)))
    refusals.push({
      code: 'ATTACH_TIER',
      message: `the pool is of tier LITE, which knows only version V1_0 of pre-token generation`,
      hint: 'move the pool to ESSENTIALS; or --pre-token-version V1_0 and an authorizer with TOKEN_USE=id',
    });
  const [, , , region] = String(poolArn).split(':');
  const [, , service, functionRegion] = to.arn.split(':');
  if (service !== 'lambda' || functionRegion !== region)
    refusals.push({
      code: 'ATTACH_FUNCTION_PLACE',
      message: `${to.arn} is not a function in ${region}, where the pool is`,
      hint: 'deploy the stack in the pool’s Region (docs/deploy.md, "Multi-Region pools")',
    });
  return refusals;
}

/** Two of the three start a challenge that cannot end. */
function customAuthRefusals(description: Raw, changes: SlotChange[]): Refusal[] {
  const config = changes.reduce<Raw>(
    (before, { trigger, to }) => withSlot(before, trigger, to),
    lambdaConfigOf(description),
  );
  const set = CUSTOM_AUTH_TRIGGERS.filter((trigger) => slotOf(config, trigger) !== null);
  const touched = changes.some(({ trigger }) => CUSTOM_AUTH_TRIGGERS.includes(trigger));
  if (!touched || set.length === 0 || set.length === CUSTOM_AUTH_TRIGGERS.length) return [];
  return [
    {
      code: 'ATTACH_CUSTOM_AUTH',
      message: `of the three custom auth triggers the pool would have ${set.join(' and ')} only`,
      hint: 'attach define-, create- and verify-auth-challenge together',
    },
  ];
}

function versionFor(
  trigger: Trigger,
  from: SlotValue | null,
  { UserPoolTier: tier }: Raw,
  { functions, preTokenVersion }: Desired,
): string | null {
  if (trigger === 'inbound-federation') return 'V1_0';
  if (trigger !== 'pre-token-generation') return null;
  if (preTokenVersion !== null) return preTokenVersion;
  const ours = from !== null && functionOf(from.arn) === functionOf(functions[trigger] ?? '');
  // V1 that was set by hand shapes no access token; where the tier has better, better is meant.
  if (ours && isShaping(from)) return from.version;
  return tier === 'LITE' ? 'V1_0' : 'V2_0';
}

/** From version 2 on access tokens are shaped (contracts B6). */
function isShaping({ version }: SlotValue): boolean {
  return version !== null && version !== 'V1_0';
}

function sameSlot(a: SlotValue | null, b: SlotValue): boolean {
  return a !== null && a.arn === b.arn && a.version === b.version;
}

function entriesOf<T>(byTrigger: Partial<Record<Trigger, T>>): [Trigger, T][] {
  return Object.entries(byTrigger) as [Trigger, T][];
}
