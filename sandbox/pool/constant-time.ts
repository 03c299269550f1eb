import { timingSafeEqual } from 'node:crypto';

/** Whether a secret is the one that is kept; false if none is. */
export function isSameSecret(kept: string | undefined, given: string): boolean {
  const [a, b] = [Buffer.from(kept ?? ''), Buffer.from(given)];
  return kept !== undefined && a.length === b.length && timingSafeEqual(a, b);
}
