/** How cuts get into the journal. For the command: no function writes there. */

import { type CutEntry, later, readVolume, VOLUME } from './cuts.ts';
import { cutsKey, lastCutsKey } from './keys.ts';
import { type Store, StoreError } from './ports.ts';

/**
 * Appends entries in their order, behind whatever anybody can have read: to the last volume, or in a new one. Throws
 * `StoreError`; the same again is then the right thing, for what is said twice is said.
 */
export async function appendCuts(store: Store, entries: readonly CutEntry[]): Promise<void> {
  let rest = entries;
  let number = await lastNumber(store);
  while (rest.length > 0) {
    const volume = number === 0 ? null : await store.get(cutsKey(number));
    const there = volume === null ? [] : readVolume(volume.data);
    if (volume !== null && there.length < VOLUME) {
      const all = [...there, ...rest.slice(0, VOLUME - there.length)];
      // Else somebody was faster; what they wrote is read, and added to.
      if (await store.replace(volume, { entries: all }, expiryOf(all)))
        rest = rest.slice(VOLUME - there.length);
    } else {
      // A volume that is gone may have been full, and read by everybody: its number is not used again.
      number += 1;
      const first = rest.slice(0, VOLUME);
      if (await store.create(cutsKey(number), { entries: first }, expiryOf(first))) rest = rest.slice(VOLUME);
      await advance(store, number);
    }
  }
}

async function lastNumber(store: Store): Promise<number> {
  const row = await store.get(lastCutsKey());
  if (row !== null) return numberIn(row.data['number']);
  let last = 0;
  for await (const { key } of store.list(cutsKey(0).pk, { prefix: 'N' }))
    last = numberIn(Number(key.sk.slice(1)));
  return last;
}

async function advance(store: Store, number: number): Promise<void> {
  const row = await store.get(lastCutsKey());
  if (row !== null && numberIn(row.data['number']) >= number) return;
  const written =
    row === null
      ? await store.create(lastCutsKey(), { number }, null)
      : await store.replace(row, { number }, null);
  if (written === null) await advance(store, number);
}

function numberIn(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new StoreError('STORE_MALFORMED');
  return value as number;
}

function expiryOf(entries: readonly CutEntry[]): number | null {
  return entries.map(({ expiresAt }) => expiresAt).reduce(later);
}
