/** Cuts: what denies the tokens of sign-ins up to a moment. As the authorizer has them, and asks them. */

import { claim } from '../policy/claims.ts';
import type { Principal } from '../policy/principal.ts';
import { cutsKey } from './keys.ts';
import { type Data, type Store, StoreError } from './ports.ts';

const KINDS = ['session', 'token', 'user', 'client', 'all'] as const;
export type CutKind = (typeof KINDS)[number];

/** What is cut off. */
export interface CutSubject {
  kind: CutKind;
  /** A user pool's id, or the issuer. */
  pool: string;
  /** A session's `origin_jti`, a token's `jti`, a user's `sub`, a client's id; empty for `all`. */
  value: string;
}

export interface Cut extends CutSubject {
  /** Epoch seconds: whoever signed in then or before is cut off. */
  at: number;
  /** Epoch seconds from which on no token can be under it any more; null: never. */
  expiresAt: number | null;
}

/** What the journal says of a subject. `at` null: a cut is taken back. */
export type CutEntry = Omit<Cut, 'at'> & { at: number | null };

/**
 * How many entries a volume takes. A full one is never written again. The last one, which may still grow, is read anew with
 * every refresh: about 12 kB; and 100,000 cuts are a thousand items, which a cold start reads in a fraction of a second.
 */
export const VOLUME = 100;

/** How far ahead another clock may be; a time beyond that proves nothing. */
const CLOCK_LEEWAY_SECONDS = 60;

/** A volume as a reading found it. */
interface Volume {
  sk: string;
  entries: readonly CutEntry[];
  /** It was full, and so was every one before it. */
  isDone: boolean;
}

/** The cuts that hold. What was read stays, also if reading on fails half way. */
export class Cuts {
  /** The sort key up to which every volume was full when it was read. */
  #done = '';
  /** The sort key of the last volume that was read. */
  #seen = '';
  readonly #byName = new Map<string, Pick<Cut, 'at' | 'expiresAt'>>();
  #readings = 0;
  /** The reading that was begun last, of those that have brought something. */
  #latest = 0;

  /**
   * Reads what may have come to the journal since the last time. Throws `StoreError`; also for a reading that one begun
   * later has overtaken: what it still brings is old, and an old volume may take back what a new one cuts off.
   */
  async readOn(store: Pick<Store, 'list'>): Promise<void> {
    const reading = ++this.#readings;
    // For the same reason volumes that were read before are entered together with all that was read behind them.
    const again: Volume[] = [];
    let isDone = true;
    for await (const { key, data } of store.list(cutsKey(0).pk, { prefix: 'N', after: this.#done })) {
      this.#assertLatest(reading);
      const entries = readVolume(data);
      // Behind one that was not full, one may have been begun after it was read: both are read again.
      isDone &&= entries.length >= VOLUME;
      again.push({ sk: key.sk, entries, isDone });
      if (key.sk >= this.#seen) this.#enterAll(again.splice(0));
    }
    if (again.length === 0) return;
    this.#assertLatest(reading);
    this.#enterAll(again);
  }

  /** Whether a token is denied: whatever it says of itself, unless it proves a sign-in after every cut that is for it. */
  cover({ kind, pool, sub, client, claims }: Principal, nowSeconds: number): boolean {
    if (this.#byName.size === 0) return false;
    const cutAt = (of: CutKind, value: unknown): number =>
      typeof value === 'string' ? this.#at({ kind: of, pool: pool ?? '', value }, nowSeconds) : -Infinity;
    // These are of one sign-in, which nothing can be after.
    if (cutAt('token', claim(claims, 'jti')) > -Infinity) return true;
    if (cutAt('session', claim(claims, 'origin_jti')) > -Infinity) return true;
    const cut = Math.max(cutAt('user', sub), cutAt('client', client), cutAt('all', ''));
    if (cut === -Infinity) return false;
    // Refreshing keeps `auth_time` (contracts B6); a machine has none, and nothing to refresh.
    const signedIn = claim(claims, kind === 'machine' ? 'iat' : 'auth_time');
    return !(typeof signedIn === 'number' && signedIn > cut && signedIn <= nowSeconds + CLOCK_LEEWAY_SECONDS);
  }

  *list(nowSeconds: number): Iterable<Cut> {
    for (const [name, cut] of this.#byName) {
      const [kind, pool, value] = name.split('\n') as [CutKind, string, string];
      if (isInForce(cut, nowSeconds)) yield { kind, pool, value, ...cut };
    }
  }

  get size(): number {
    return this.#byName.size;
  }

  #assertLatest(reading: number): void {
    if (reading < this.#latest) throw new StoreError('STORE_UNAVAILABLE');
    this.#latest = reading;
  }

  #enterAll(volumes: readonly Volume[]): void {
    for (const { sk, entries, isDone } of volumes) {
      // Another reading has found it full.
      if (sk <= this.#done) continue;
      for (const entry of entries) this.#enter(entry);
      if (isDone) this.#done = sk;
      if (sk > this.#seen) this.#seen = sk;
    }
  }

  /** A cut only moves forward, and is kept for the longest that anybody asked for. */
  #enter({ at, expiresAt, ...subject }: CutEntry): void {
    const name = nameOf(subject);
    const before = this.#byName.get(name);
    if (at === null) this.#byName.delete(name);
    else if (before === undefined) this.#byName.set(name, { at, expiresAt });
    else
      this.#byName.set(name, { at: Math.max(at, before.at), expiresAt: later(expiresAt, before.expiresAt) });
  }

  #at(subject: CutSubject, nowSeconds: number): number {
    const cut = this.#byName.get(nameOf(subject));
    return cut !== undefined && isInForce(cut, nowSeconds) ? cut.at : -Infinity;
  }
}

function isInForce({ expiresAt }: Pick<Cut, 'expiresAt'>, nowSeconds: number): boolean {
  return expiresAt === null || expiresAt > nowSeconds;
}

/** Null is never. */
export function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}

/** No kind and no pool has a line break in it. */
function nameOf({ kind, pool, value }: CutSubject): string {
  return `${kind}\n${pool}\n${value}`;
}

/** Entries that cannot be read are ones that cannot be honoured: no decision is made without them. */
export function readVolume({ entries }: Data): CutEntry[] {
  if (!Array.isArray(entries) || !entries.every(isEntry)) throw new StoreError('STORE_MALFORMED');
  return entries;
}

function isEntry(entry: unknown): entry is CutEntry {
  const { kind, pool, value, at, expiresAt } = (entry ?? {}) as Record<string, unknown>;
  return (
    KINDS.includes(kind as CutKind) &&
    typeof pool === 'string' &&
    typeof value === 'string' &&
    (at === null || Number.isFinite(at)) &&
    (expiresAt === null || Number.isFinite(expiresAt))
  );
}
