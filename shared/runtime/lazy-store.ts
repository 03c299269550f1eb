/**
 * The table of `TABLE_NAME`, whose client is loaded by the first call that uses it. Like all of `lazy-*.ts` not in compose.ts: a
 * bundle has the chunks of all that is imported, used or not.
 */

import { type Store, StoreError } from '../store/ports.ts';

/** Without a table every use throws: what needs one does not go on without. */
export function lazyStore(tableName: string | null): Store {
  let opened: Promise<Store> | undefined;
  const open = () => {
    opened ??= openTable(tableName);
    return opened;
  };
  return {
    get: async (key) => (await open()).get(key),
    create: async (...args) => (await open()).create(...args),
    replace: async (...args) => (await open()).replace(...args),
    remove: async (item) => (await open()).remove(item),
    list: async function* (...args) {
      yield* (await open()).list(...args);
    },
  };
}

async function openTable(tableName: string | null): Promise<Store> {
  if (tableName === null) throw new StoreError('STORE_NOT_CONFIGURED');
  const { openDynamodb } = await import('./dynamodb-client.ts');
  return openDynamodb(tableName);
}
