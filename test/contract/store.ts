/** What every adapter of the store does; run by each adapter's test. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import { MAX_DATA_BYTES } from '../../shared/store/item.ts';
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

    it('keeps what it was given, whatever becomes of that', async () => {
      const data = { list: [1], gone: undefined };
      const item = made(await store.create(key, data, null));
      data.list.push(2);
      expect(item.data).toEqual({ list: [1] });
      expect(await store.get(key)).toStrictEqual(item);
    });

    it.each([
      ['a number that is none', { n: Number.NaN }],
      ['one in depth', { deep: [{ n: Number.POSITIVE_INFINITY }] }],
    ])('takes plain JSON only, not %s', async (_, data) => {
      await expect(store.create(key, data, null)).rejects.toThrow(TypeError);
      const item = made(await store.create(key, {}, null));
      await expect(store.replace(item, data, null)).rejects.toThrow(TypeError);
      expect(await store.get(key)).toEqual(item);
    });

    it.each([Number.NaN, 1500.5, 0, -1, Date.now()])(
      'refuses %d for a time to expire at',
      async (expiresAt) => {
        await expect(store.create(key, {}, expiresAt)).rejects.toThrow(RangeError);
        const item = made(await store.create(key, {}, null));
        await expect(store.replace(item, {}, expiresAt)).rejects.toThrow(RangeError);
      },
    );

    it('takes data up to its limit, and says what is over it', async () => {
      const longest = { text: 'x'.repeat(MAX_DATA_BYTES - '{"text":""}'.length) };
      // With the longest keys too: DynamoDB counts them in.
      const longKey = { pk: `P${'#'.repeat(2047)}`, sk: 's'.repeat(1024) };
      const item = made(await store.create(longKey, longest, 2000));
      expect(await store.get(longKey)).toEqual(item);
      const over = { text: `${longest.text}-` };
      const overInBytes = { text: 'ä'.repeat(MAX_DATA_BYTES / 2) };
      await expect(store.create(key, over, null)).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' });
      await expect(store.create(key, overInBytes, null)).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' });
      await expect(store.replace(item, over, null)).rejects.toMatchObject({ code: 'STORE_TOO_LARGE' });
      expect([await store.get(key), await store.get(longKey)]).toEqual([null, item]);
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
      expect(await store.remove(item)).toBe(false);
      expect(await collect(store.list(key.pk))).toEqual([]);
    });

    it('lists one partition in the order of bytes, from a place on, with a prefix', async () => {
      // U+FFFD is before U+1F600 in UTF-8, and behind its surrogates in UTF-16.
      const users = ['A', 'a', 'a#1', 'a#10', 'a#2', 'ab', 'b', 'ä', '\u{FFFD}', '\u{1F600}', '\u{1F600}b'];
      for (const user of users.toReversed()) await store.create(unfinishedKey('pool', user), { user }, null);
      await store.create(unfinishedKey('other', 'a'), {}, null);
      await store.create(unfinishedKey('pool-2', 'a'), {}, null);
      const { pk } = unfinishedKey('pool', '');
      const listed = async (from?: Parameters<Store['list']>[1]) =>
        (await collect(store.list(pk, from))).map(({ key: { sk } }) => sk);
      expect(await listed()).toEqual(users);
      // Also places outside of the prefix, and places where nothing is.
      const places = [...users, '', 'a#', 'a#1x', 'aa', 'zz', '\u{10FFFF}'];
      for (const prefix of ['', 'a', 'a#', 'a#1', 'b', 'x', '\u{1F600}']) {
        for (const after of places) {
          const expected = users.filter(
            (user) => user.startsWith(prefix) && Buffer.from(user).compare(Buffer.from(after)) > 0,
          );
          expect({ prefix, after, listed: await listed({ prefix, after }) }).toEqual({
            prefix,
            after,
            listed: expected,
          });
        }
      }
    });

    it('lists more than a page holds, as far as it is read', async () => {
      const names = Array.from({ length: 25 }, (_, n) => `user-${n + 10}`);
      const data = { text: 'x'.repeat(100_000) };
      for (const user of names)
        await store.create(unfinishedKey('pool', user), data, user === 'user-15' ? 1500 : null);
      setTime(1500);
      const { pk } = unfinishedKey('pool', '');
      const all = await collect(store.list(pk, { prefix: 'user-' }));
      expect(all.map(({ key: { sk } }) => sk)).toEqual(names.filter((user) => user !== 'user-15'));
      const behind = await collect(store.list(pk, { prefix: 'user-', after: 'user-12' }));
      expect(behind.map(({ key: { sk } }) => sk)).toEqual(
        names.slice(3).filter((user) => user !== 'user-15'),
      );
      for await (const item of store.list(pk)) {
        expect(item).toMatchObject({ key: { sk: 'user-10' }, data });
        break;
      }
    });
  });
}

async function collect(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
