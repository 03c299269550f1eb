/** What an item may be, for every adapter alike: what passes in memory passes on AWS. */

import { randomUUID } from 'node:crypto';
import { type Data, type Item, type Key, StoreError } from './ports.ts';

/** As JSON in UTF-8. DynamoDB takes 400 KB with keys, names and our own attributes (developer guide, quotas). */
export const MAX_DATA_BYTES = 396 * 1024;

/** The year 5138: what is later is in milliseconds, and would keep for ever what should go. */
const MAX_EXPIRY = 1e11;

/**
 * A new state of an item, and its data as text. Throws `StoreError` for data over 396 KB, and `RangeError` or `TypeError`
 * for what only a bug of ours can ask for: an expiry that is no time, data that JSON would change.
 */
export function newItem(key: Key, data: Data, expiresAt: number | null): { item: Item; text: string } {
  if (expiresAt !== null && !(Number.isSafeInteger(expiresAt) && expiresAt > 0 && expiresAt < MAX_EXPIRY))
    throw new RangeError('expiresAt must be whole epoch seconds, or null');
  const text = JSON.stringify(data, (_, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('data must be plain JSON');
    return value;
  });
  if (Buffer.byteLength(text) > MAX_DATA_BYTES) throw new StoreError('STORE_TOO_LARGE');
  // Read back: nobody holds what another changes, and what is returned is what is kept.
  return { item: { key, data: JSON.parse(text) as Data, version: randomUUID(), expiresAt }, text };
}

/** DynamoDB removes what has expired when it finds the time, which may be days later (developer guide, TTL). */
export function isLive({ expiresAt }: Item, nowMs: number): boolean {
  return expiresAt === null || expiresAt * 1000 > nowMs;
}

/** Sort keys are in the order of their UTF-8 bytes, which is not that of JavaScript's strings. */
export function compareSortKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
