/** Codes, links and ids from a generator that nobody can foresee, and the keyed hashes under which they are kept. */

import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** What a code or link is good for; hashed with it, so that it is good for nothing else. */
export interface Purpose {
  slot: 'code' | 'link';
  pool: string;
  user: string;
  /** The mailbox that it goes to: who changes the address cannot use what went to the old one. */
  address: string | null;
  client: string;
  session: string;
}

/** Digits, each as likely as any other: `randomInt` throws away what would tip the balance. */
export function newCode(digits: number): string {
  return String(randomInt(10 ** digits)).padStart(digits, '0');
}

/** 256 bits. */
export function newLinkSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** 128 bits: names a session among all. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}

/** HMAC-SHA-256; what is hashed is JSON, in which no two purposes are written alike. */
export function hashOf(key: Uint8Array, purpose: Purpose, secret: string): string {
  const { slot, pool, user, address, client, session } = purpose;
  return mac(key, [slot, pool, user, address, client, session, secret]);
}

/** What a user goes by in the table: the name may be anybody's guess, or somebody's password in the wrong field. */
export function hashOfName(key: Uint8Array, pool: string, userName: string): string {
  return mac(key, ['name', pool, userName]);
}

/** In the same time, wherever they differ. */
export function isSameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function mac(key: Uint8Array, parts: readonly (string | null)[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}
