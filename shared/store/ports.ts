/**
 * What the functions ask of the table. Every write is one conditional write of one item: there is nothing to roll
 * back, and two that race are told apart. An item is changed by reading it and writing it anew on the condition that
 * nobody else has written since.
 */

/** Not empty; `pk` up to 2,048 bytes, `sk` up to 1,024. */
export interface Key {
  pk: string;
  sk: string;
}

/** Plain JSON, up to 396 KB. */
export type Data = Readonly<Record<string, unknown>>;

export interface Item {
  key: Key;
  data: Data;
  /** Another with every write. */
  version: string;
  /** Epoch seconds from which on the item counts as gone; null: never. */
  expiresAt: number | null;
}

/**
 * Each method throws `StoreError` if the table does not answer in time, or answers nonsense. A write that ends so may
 * have been done or not. An answer that is lost on the way is asked for once more, and a write of our own is known again.
 */
export interface Store {
  /** The item as the last write left it; null if it is absent or has expired. */
  get: (key: Key) => Promise<Item | null>;
  /** The new item; null if there is one already. */
  create: (key: Key, data: Data, expiresAt: number | null) => Promise<Item | null>;
  /** The item with other data; null if it is not any more what was read. What may happen once hangs on this. */
  replace: (item: Item, data: Data, expiresAt: number | null) => Promise<Item | null>;
  /**
   * False if it is not any more what was read, or gone: and that it may be by this very call, if the first answer to it
   * was lost. So `true` is certain, and `false` says only that the item as it was read is not there any more.
   */
  remove: (item: Item) => Promise<boolean>;
  /**
   * What has not expired under a partition key, in the order of the sort keys' UTF-8 bytes, from behind `after` on;
   * read as it is asked for, in pages of up to 1 MB.
   */
  list: (pk: string, from?: { prefix?: string; after?: string }) => AsyncIterable<Item>;
}

/**
 * The table cannot be had. Never says what was written or read. Told by its `name` and `code`: in a bundle the adapter
 * is a chunk of its own, and so is its class.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** `STORE_TOO_LARGE`: the data, which would never fit. `STORE_MALFORMED`: what is there is nothing of ours. */
  readonly code: 'STORE_UNAVAILABLE' | 'STORE_MALFORMED' | 'STORE_TOO_LARGE' | 'STORE_NOT_CONFIGURED';

  constructor(code: StoreError['code'], options?: ErrorOptions) {
    super('the table does not answer as it should', options);
    this.code = code;
  }
}
