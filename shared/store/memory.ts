/** The table in memory, for tests. */

import { randomUUID } from 'node:crypto';
import type { Data, Item, Key, Store } from './ports.ts';

export function memoryStore(now: () => number = Date.now): Store & { size: () => number } {
  // JSON in and out, as the table does it: nobody holds what another changes.
  const items = new Map<string, string>();
  const nameOf = ({ pk, sk }: Key) => JSON.stringify([pk, sk]);

  function read(key: Key): Item | null {
    const text = items.get(nameOf(key));
    const item = text === undefined ? null : (JSON.parse(text) as Item);
    return item?.expiresAt != null && item.expiresAt <= now() / 1000 ? null : item;
  }

  function write(key: Key, data: Data, expiresAt: number | null): Item {
    const text = JSON.stringify({ key, data, version: randomUUID(), expiresAt });
    items.set(nameOf(key), text);
    return JSON.parse(text) as Item;
  }

  function isStill({ key, version }: Item): boolean {
    return read(key)?.version === version;
  }

  return {
    get: async (key) => read(key),
    create: async (key, data, expiresAt) => (read(key) === null ? write(key, data, expiresAt) : null),
    replace: async (item, data, expiresAt) => (isStill(item) ? write(item.key, data, expiresAt) : null),
    remove: async (item) => isStill(item) && items.delete(nameOf(item.key)),
    list: async function* (pk, { prefix = '', after = '' } = {}) {
      const keys = [...items.values()]
        .map((text) => (JSON.parse(text) as Item).key)
        .filter((key) => key.pk === pk && key.sk.startsWith(prefix) && key.sk > after);
      for (const key of keys.toSorted((a, b) => (a.sk < b.sk ? -1 : 1))) {
        const item = read(key);
        if (item !== null) yield item;
      }
    },
    size: () => items.size,
  };
}
