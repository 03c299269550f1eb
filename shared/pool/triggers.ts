/** The triggers that Gatehouse has functions for, and their slots in a pool's `LambdaConfig`. */

import { withoutMembers } from './members.ts';
import type { Raw } from './raw.ts';

export const POOL_TRIGGERS = [
  'pre-sign-up',
  'post-confirmation',
  'pre-token-generation',
  'define-auth-challenge',
  'create-auth-challenge',
  'verify-auth-challenge',
  'inbound-federation',
] as const;

export type Trigger = (typeof POOL_TRIGGERS)[number];

/** The three are of use only together. */
export const CUSTOM_AUTH_TRIGGERS: readonly Trigger[] = [
  'define-auth-challenge',
  'create-auth-challenge',
  'verify-auth-challenge',
];

export const PRE_TOKEN_VERSIONS = ['V1_0', 'V2_0', 'V3_0'] as const;
export type PreTokenVersion = (typeof PRE_TOKEN_VERSIONS)[number];

/** What a slot calls; `version` for the triggers whose event has versions. */
export interface SlotValue {
  arn: string;
  version: string | null;
  /** A pre-token-generation function that is named without a version, as it was before there were any. */
  plain?: true;
}

/** A trigger's member of `LambdaConfig`, and the output of the stack that names its function. */
const SLOTS: Record<Trigger, { member: string; output: string }> = {
  'pre-sign-up': { member: 'PreSignUp', output: 'PreSignUpArn' },
  'post-confirmation': { member: 'PostConfirmation', output: 'PostConfirmationArn' },
  'pre-token-generation': { member: 'PreTokenGenerationConfig', output: 'PreTokenGenerationArn' },
  'define-auth-challenge': { member: 'DefineAuthChallenge', output: 'DefineAuthChallengeArn' },
  'create-auth-challenge': { member: 'CreateAuthChallenge', output: 'CreateAuthChallengeArn' },
  'verify-auth-challenge': { member: 'VerifyAuthChallengeResponse', output: 'VerifyAuthChallengeArn' },
  'inbound-federation': { member: 'InboundFederation', output: 'InboundFederationArn' },
};

/** Before versions there were plain ARNs; both may be there, and are then the same (contracts E4). */
const LEGACY_PRE_TOKEN = 'PreTokenGeneration';

export function isTrigger(name: string): name is Trigger {
  return (POOL_TRIGGERS as readonly string[]).includes(name);
}

export function outputOf(trigger: Trigger): string {
  return SLOTS[trigger].output;
}

export function lambdaConfigOf(description: Raw): Raw {
  const config = description['LambdaConfig'];
  return typeof config === 'object' && config !== null ? (config as Raw) : {};
}

/** What a pool calls for a trigger, null if nothing. */
export function slotOf(lambdaConfig: Raw, trigger: Trigger): SlotValue | null {
  const value = lambdaConfig[SLOTS[trigger].member];
  if (typeof value === 'string') return { arn: value, version: null };
  if (typeof value === 'object' && value !== null) {
    const { LambdaArn: arn, LambdaVersion: version } = value as Raw;
    return { arn: String(arn), version: String(version) };
  }
  const legacy = trigger === 'pre-token-generation' ? lambdaConfig[LEGACY_PRE_TOKEN] : undefined;
  return typeof legacy === 'string' ? { arn: legacy, version: 'V1_0', plain: true } : null;
}

/** A `LambdaConfig` with one slot set, or with `null` emptied; everything else in it stays. */
export function withSlot(lambdaConfig: Raw, trigger: Trigger, value: SlotValue | null): Raw {
  // The plain ARN would have to be equal, and says nothing more.
  const replaced =
    trigger === 'pre-token-generation' ? [SLOTS[trigger].member, LEGACY_PRE_TOKEN] : [SLOTS[trigger].member];
  const rest = withoutMembers(lambdaConfig, replaced);
  if (value === null) return rest;
  const { arn, version, plain } = value;
  if (plain) return { ...rest, [LEGACY_PRE_TOKEN]: arn };
  const slot = version === null ? arn : { LambdaArn: arn, LambdaVersion: version };
  return { ...rest, [SLOTS[trigger].member]: slot };
}

/** The slots that are none of ours, by their member: `CustomMessage`, `UserMigration`, what is newer than this. */
export function otherSlots(lambdaConfig: Raw): string[] {
  const ours = new Set([...POOL_TRIGGERS.map((each) => SLOTS[each].member), LEGACY_PRE_TOKEN]);
  return Object.keys(lambdaConfig).filter((member) => !ours.has(member));
}

/** Whose function it is, whatever version or alias is called. */
export function functionOf(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}
