/** What every adapter of the store does; run by each adapter's test. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import { inviteKey, unfinishedKey } from '../../shared/store/keys.ts';
import type { Item, Store } from '../../shared/store/ports.ts';

export interface StoreUnderTest {
  store: Store;
  /** Sets the clock that expiry is judged by; epoch seconds. */
  setTime: (seconds: number) => void;
}

export function runStoreContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the store in ${name}`, () => {
    let store: Store;
    let setTime: StoreUnderTest['setTime'];
    const key = inviteKey('ada@example.com');
    const made = (item: Item | null) => {
      if (item === null) throw new Error('not written');
      return item;
    };

    beforeEach(async () => {
      ({ store, setTime } = await make());
      setTime(1000);
    });

    it('gives back what was created, once', async () => {
      const data = { text: 'ä"\\', list: [1, null, { deep: true }], empty: '' };
      expect(await store.get(key)).toBeNull();
      const item = made(await store.create(key, data, null));
      expect(item).toMatchObject({ key, data, expiresAt: null });
      expect(await store.get(key)).toEqual(item);
      expect(await store.create(key, { other: 1 }, null)).toBeNull();
      expect(await store.get(key)).toEqual(item);
    });

    it('replaces only what was read', async () => {
      const first = made(await store.create(key, { n: 1 }, null));
      const second = made(await store.replace(first, { n: 2 }, 2000));
      expect(await store.replace(first, { n: 3 }, null)).toBeNull();
      expect(await store.get(key)).toEqual({ ...second, data: { n: 2 }, expiresAt: 2000 });
    });

    it('lets one of many racing writers through', async () => {
      const first = made(await store.create(key, { n: 0 }, null));
      const writes = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.replace(first, { n: n + 1 }, null)),
      );
      const won = writes.filter((item) => item !== null);
      expect(won).toHaveLength(1);
      expect(await store.get(key)).toEqual(won[0]);
    });

    it('lets one of many racing creators through, where nothing was and where something has expired', async () => {
      for (const seconds of [1000, 2000]) {
        setTime(seconds);
        const writes = await Promise.all(
          Array.from({ length: 10 }, (_, n) => store.create(key, { n }, seconds + 500)),
        );
        expect(writes.filter((item) => item !== null)).toHaveLength(1);
      }
    });

    it('removes only what was read', async () => {
      const first = made(await store.create(key, { n: 1 }, null));
      const second = made(await store.replace(first, { n: 2 }, null));
      expect(await store.remove(first)).toBe(false);
      expect(await store.remove(second)).toBe(true);
      expect(await store.remove(second)).toBe(false);
      expect(await store.get(key)).toBeNull();
    });

    it('takes an item for gone from its time on', async () => {
      const item = made(await store.create(key, {}, 1500));
      setTime(1499);
      expect(await store.get(key)).toEqual(item);
      setTime(1500);
      expect(await store.get(key)).toBeNull();
      expect(await store.replace(item, { late: true }, null)).toBeNull();
      expect(await collect(store.list(key.pk))).toEqual([]);
    });

    it('lists one partition by sort key, from a place on, with a prefix', async () => {
      for (const user of ['b', 'ab', 'a', 'c'])
        await store.create(unfinishedKey('pool', user), { user }, null);
      await store.create(unfinishedKey('other', 'x'), {}, null);
      const users = async (from?: Parameters<Store['list']>[1]) =>
        (await collect(store.list(unfinishedKey('pool', '').pk, from))).map(({ key: { sk } }) => sk);
      expect(await users()).toEqual(['a', 'ab', 'b', 'c']);
      expect(await users({ after: 'ab' })).toEqual(['b', 'c']);
      expect(await users({ prefix: 'a' })).toEqual(['a', 'ab']);
      expect(await users({ prefix: 'a', after: 'a' })).toEqual(['ab']);
    });
  });
}

async function collect(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
