/** A user's ledger in the table. */

import type { CompiledSignIn } from '../policy/artefact.ts';
import { challengeKey } from '../store/keys.ts';
import { type Data, type Store, StoreError } from '../store/ports.ts';
import { EMPTY, forgettableAt, type Ledger, type Outstanding, type Spending } from './ledger.ts';

/** How often to read again when another was quicker; who loses as often has asked in a crowd. */
const TRIES = 5;

/** What to keep, null to leave all as it is, and what came of it. */
export interface Change<Result> {
  next: Ledger | null;
  result: Result;
}

export interface LedgerPlace {
  store: Store;
  pool: string;
  /** The hash of the name. */
  user: string;
  signIn: CompiledSignIn;
}

/**
 * Reads, decides, and writes on the condition that nobody else has; decides again if somebody has. What was decided
 * holds only if it could be written: null says that it could not. Throws `StoreError`.
 */
export async function changeLedger<Result>(
  { store, pool, user, signIn }: LedgerPlace,
  decide: (ledger: Ledger) => Change<Result>,
): Promise<Result | null> {
  const key = challengeKey(pool, user);
  for (let tried = 0; tried < TRIES; tried++) {
    const item = await store.get(key);
    const { next, result } = decide(item === null ? EMPTY : readLedger(item.data));
    if (next === null) return result;
    const data: Data = { ...next };
    const expiresAt = forgettableAt(next, signIn);
    const written = await (item === null
      ? store.create(key, data, expiresAt)
      : store.replace(item, data, expiresAt));
    if (written !== null) return result;
  }
  return null;
}

/** What is not a ledger is not taken for an empty one: that would give back all that was spent. */
function readLedger({ mails, guesses, mailedAt, code, link }: Data): Ledger {
  if (!isSpending(mails) || !isSpending(guesses) || !(mailedAt === null || isTime(mailedAt)))
    throw malformed();
  if (!isOutstanding(code) || !isOutstanding(link)) throw malformed();
  return { mails, guesses, mailedAt, code, link };
}

function isSpending(value: unknown): value is Spending {
  const { spent, at } = (value ?? {}) as Partial<Spending>;
  return isTime(spent) && isTime(at);
}

function isOutstanding(value: unknown): value is Outstanding | null {
  if (value === null) return true;
  const { hash, keyId, client, session, madeAt, expiresAt, wrong } = (value ?? {}) as Partial<Outstanding>;
  return (
    [hash, keyId, client, session].every((text) => typeof text === 'string') &&
    isTime(madeAt) &&
    isTime(expiresAt) &&
    Array.isArray(wrong) &&
    wrong.every((text) => typeof text === 'string')
  );
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function malformed(): StoreError {
  return new StoreError('STORE_MALFORMED');
}
