/** The table in memory, for tests. */

import { compareSortKeys, isLive, newItem } from './item.ts';
import type { Item, Key, Store } from './ports.ts';

export function memoryStore(now: () => number = Date.now): Store & { size: () => number } {
  // As text, so that nobody holds what another changes.
  const items = new Map<string, string>();
  const nameOf = ({ pk, sk }: Key) => JSON.stringify([pk, sk]);

  function read(key: Key): Item | null {
    const text = items.get(nameOf(key));
    const item = text === undefined ? null : (JSON.parse(text) as Item);
    return item !== null && isLive(item, now()) ? item : null;
  }

  function write({ item }: { item: Item }): Item {
    items.set(nameOf(item.key), JSON.stringify(item));
    return item;
  }

  function isStill({ key, version }: Item): boolean {
    return read(key)?.version === version;
  }

  return {
    get: async (key) => read(key),
    create: async (key, data, expiresAt) => {
      const made = newItem(key, data, expiresAt);
      return read(key) === null ? write(made) : null;
    },
    replace: async (item, data, expiresAt) => {
      const made = newItem(item.key, data, expiresAt);
      return isStill(item) ? write(made) : null;
    },
    remove: async (item) => isStill(item) && items.delete(nameOf(item.key)),
    list: async function* (pk, { prefix = '', after = '' } = {}) {
      const keys = [...items.values()]
        .map((text) => (JSON.parse(text) as Item).key)
        .filter(
          ({ pk: itsPk, sk }) => itsPk === pk && sk.startsWith(prefix) && compareSortKeys(sk, after) > 0,
        );
      for (const key of keys.toSorted((a, b) => compareSortKeys(a.sk, b.sk))) {
        const item = read(key);
        if (item !== null) yield item;
      }
    },
    size: () => items.size,
  };
}
