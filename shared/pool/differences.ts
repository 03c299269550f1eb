/** Whether two descriptions say the same: setting by setting, in any order, however AWS has chosen to put it. */

import { withoutMembers } from './members.ts';
import type { Raw } from './raw.ts';

export interface Difference {
  /** `Policies.PasswordPolicy.MinimumLength`. */
  path: readonly string[];
  /** Undefined where it is not there. */
  expected: unknown;
  actual: unknown;
}

/** They change by themselves; and a secret, which no write touches, is not to be shown. */
const NOT_COMPARED = [
  'LastModifiedDate',
  'EstimatedNumberOfUsers',
  'SmsConfigurationFailure',
  'EmailConfigurationFailure',
  'ClientSecret',
];

/** Of attributes, an empty list is none, and no list the default set (contracts E5). */
const NONE_IS_SOME: readonly string[] = ['ReadAttributes', 'WriteAttributes'];

/** Where two descriptions of a pool, or of an app client, differ in what they mean. */
export function differences(expected: Raw, actual: Raw): Difference[] {
  return compare(meaning(expected), meaning(actual), []);
}

/** One of the several ways to say the same thing. */
function meaning(description: Raw): Raw {
  return withOneDays(withOnePreToken(withoutMembers(description, NOT_COMPARED)));
}

/** Two members for one setting: days that a temporary password holds (contracts E4). */
function withOneDays(description: Raw): Raw {
  const { UnusedAccountValidityDays: days, ...config } = (description['AdminCreateUserConfig'] ?? {}) as Raw;
  if (days === undefined) return description;
  const policies = (description['Policies'] ?? {}) as Raw;
  const password = (policies['PasswordPolicy'] ?? {}) as Raw;
  return {
    ...description,
    AdminCreateUserConfig: config,
    Policies: { ...policies, PasswordPolicy: { TemporaryPasswordValidityDays: days, ...password } },
  };
}

/** A plain ARN is version 1, and beside a version says nothing more (contracts B6). */
function withOnePreToken(description: Raw): Raw {
  const config = description['LambdaConfig'] as Raw | undefined;
  const { PreTokenGeneration: arn, ...rest } = config ?? {};
  if (typeof arn !== 'string') return description;
  const versioned = { PreTokenGenerationConfig: { LambdaArn: arn, LambdaVersion: 'V1_0' } };
  return { ...description, LambdaConfig: { ...versioned, ...rest } };
}

function compare(expected: unknown, actual: unknown, path: readonly string[]): Difference[] {
  if (isObject(expected) || isObject(actual)) {
    // Nothing there, and a structure without anything in it, are the same.
    if (isObject(expected ?? {}) && isObject(actual ?? {})) {
      const [left, right] = [(expected ?? {}) as Raw, (actual ?? {}) as Raw];
      const names = new Set([...Object.keys(left), ...Object.keys(right)]);
      return [...names].flatMap((name) => compare(left[name], right[name], [...path, name]));
    }
  }
  const [left, right] = [expected, actual].map((value) => canonical(isNothing(value, path) ? null : value));
  return left === right ? [] : [{ path, expected, actual }];
}

function isNothing(value: unknown, path: readonly string[]): boolean {
  return Array.isArray(value) && value.length === 0 && !NONE_IS_SOME.includes(path.at(-1) ?? '');
}

/** Lists are sets here: AWS gives no promise about their order, and none of them has a meaning in it. */
function canonical(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).toSorted().join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  return `{${members
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`)
    .toSorted()
    .join(',')}}`;
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
