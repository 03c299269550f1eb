/** Blocks: who gets no tokens until the block is lifted. A cut ends what was issued; a block, what would be. */

import { blockKey } from './keys.ts';
import type { Store } from './ports.ts';

export interface BlockSubject {
  kind: 'user' | 'client';
  pool: string;
  /** A user's `sub`, a client's id. */
  value: string;
}

/**
 * Whether a user may get no tokens, or nobody through this client. `sub` is null for a machine. Throws `StoreError`: who
 * cannot be looked up gets none.
 */
export async function isBlocked(
  store: Pick<Store, 'get'>,
  pool: string,
  { sub, client }: { sub: string | null; client: string | null },
): Promise<boolean> {
  const found = await Promise.all([
    sub === null ? null : store.get(blockKey(pool, 'user', sub)),
    client === null ? null : store.get(blockKey(pool, 'client', client)),
  ]);
  return found.some((item) => item !== null);
}

/** False if there is one already. `write: false` only says so. */
export async function block(
  store: Store,
  { pool, kind, value }: BlockSubject,
  { write, since }: { write: boolean; since: number },
): Promise<boolean> {
  const key = blockKey(pool, kind, value);
  return write ? (await store.create(key, { since }, null)) !== null : (await store.get(key)) === null;
}

/** False if there is none. */
export async function unblock(
  store: Store,
  subject: BlockSubject,
  { write }: { write: boolean },
): Promise<boolean> {
  const there = await store.get(blockKey(subject.pool, subject.kind, subject.value));
  if (there === null) return false;
  if (write && !(await store.remove(there))) await unblock(store, subject, { write });
  return true;
}

/** `since`: epoch seconds, null if the item does not say. */
export async function* listBlocks(
  store: Pick<Store, 'list'>,
  pool: string,
): AsyncIterable<BlockSubject & { since: number | null }> {
  for await (const { key, data } of store.list(blockKey(pool, 'user', '').pk)) {
    const [kind, value] = key.sk.split(/#(.*)/s) as [BlockSubject['kind'], string];
    yield { kind, pool, value, since: typeof data['since'] === 'number' ? data['since'] : null };
  }
}
