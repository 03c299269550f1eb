/** Claims and attributes: how one is read, and which of them a user writes without anybody's word for it (ADR 5). */

export type Claims = Readonly<Record<string, unknown>>;

const USER_WRITTEN = ['email', 'phone_number'];

/** What users write themselves, and the claims that say whether it is verified. */
export const VERIFIABLE_CLAIMS: readonly string[] = USER_WRITTEN.flatMap((name) => [
  name,
  verifiedFlag(name),
]);

/** A claim by its own name; undefined for a name that every object inherits. */
export function claim(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** A claim or attribute; undefined also for an address or number that nobody has verified. */
export function vouchedClaim(claims: Claims, name: string): unknown {
  if (USER_WRITTEN.includes(name) && !isVerified(claim(claims, verifiedFlag(name)))) return undefined;
  return claim(claims, name);
}

/** Text, a number, true or false: what a condition compares as text. Null and objects are no evidence. */
export function isScalar(value: unknown): boolean {
  // `typeof null` is an object's too.
  return value !== undefined && typeof value !== 'object';
}

/** A boolean in ID tokens, text in trigger events. */
export function isVerified(value: unknown): boolean {
  return value === true || value === 'true';
}

function verifiedFlag(name: string): string {
  return `${name}_verified`;
}
