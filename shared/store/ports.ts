/**
 * What the functions ask of the table. Every write is one conditional write of one item: there is nothing to roll
 * back, and two that race are told apart. An item is changed by reading it and writing it anew on the condition that
 * nobody else has written since.
 */

export interface Key {
  pk: string;
  sk: string;
}

/** Plain JSON. */
export type Data = Readonly<Record<string, unknown>>;

export interface Item {
  key: Key;
  data: Data;
  /** Another with every write. */
  version: string;
  /** Epoch seconds from which on the item counts as gone; null: never. */
  expiresAt: number | null;
}

/** Each method throws `StoreError` if the table does not answer in time, or answers nonsense. */
export interface Store {
  /** The item as the last write left it; null if it is absent or has expired. */
  get: (key: Key) => Promise<Item | null>;
  /** The new item; null if there is one already. */
  create: (key: Key, data: Data, expiresAt: number | null) => Promise<Item | null>;
  /** The item with other data; null if it is not any more what was read. What may happen once hangs on this. */
  replace: (item: Item, data: Data, expiresAt: number | null) => Promise<Item | null>;
  /** False if it is not any more what was read, or gone. */
  remove: (item: Item) => Promise<boolean>;
  /** What has not expired under a partition key, by sort key, from behind `after` on; read as it is asked for. */
  list: (pk: string, from?: { prefix?: string; after?: string }) => AsyncIterable<Item>;
}

/**
 * The table cannot be had. Never says what was written or read. Told by its `name` and `code`: in a bundle the adapter
 * is a chunk of its own, and so is its class.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: 'STORE_UNAVAILABLE' | 'STORE_MALFORMED' | 'STORE_NOT_CONFIGURED';

  constructor(code: StoreError['code'], options?: ErrorOptions) {
    super('the table does not answer as it should', options);
    this.code = code;
  }
}
