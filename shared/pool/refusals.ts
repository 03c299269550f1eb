/** Why a pool is not written to: stable codes, what is wrong, and the way on. */

export const REFUSAL_CODES = [
  'ATTACH_UNKNOWN_FIELDS',
  'ATTACH_SLOT_TAKEN',
  'ATTACH_TIER',
  'ATTACH_TIER_UNKNOWN',
  'ATTACH_KMS_KEY',
  'ATTACH_FUNCTION_PLACE',
  'ATTACH_FUNCTION',
  'ATTACH_CUSTOM_AUTH',
  'ATTACH_TOKENS',
  'ATTACH_USERS',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

export interface Refusal {
  code: RefusalCode;
  message: string;
  hint: string;
}

/** Thrown where a refusal comes up only while writing. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusals: readonly Refusal[];

  constructor(refusals: readonly Refusal[]) {
    super(refusals.map(({ code }) => code).join(', '));
    this.refusals = refusals;
  }
}
