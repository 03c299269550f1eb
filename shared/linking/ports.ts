/** What linking asks of the user pool. */

/** A user as the pool describes them. */
export interface PoolUser {
  username: string;
  /** `CONFIRMED`, `UNCONFIRMED`, `EXTERNAL_PROVIDER`, ... (API reference, UserType). */
  status: string;
  enabled: boolean;
  attributes: Readonly<Record<string, string>>;
}

/** Somebody at an identity provider: its name as the pool has it, and its own name for the person. */
export interface Identity {
  provider: string;
  subject: string;
}

/** Each method throws `DirectoryError` if the pool does not answer in time, or answers nonsense. */
export interface Directory {
  /** Everybody whose `email` is exactly one of these; a change of the last moment may be missing (contracts F3). */
  usersByEmail: (pool: string, emails: readonly string[]) => Promise<PoolUser[]>;
  /** False if the pool refuses, as it does when the identity is linked already. */
  link: (pool: string, username: string, identity: Identity) => Promise<boolean>;
}

/**
 * The pool cannot be asked. Never says what was asked. Told by its `name` and `code`: in a bundle the adapter is a chunk
 * of its own, and so is its class.
 */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly code: 'DIRECTORY_UNAVAILABLE' | 'DIRECTORY_MALFORMED';

  constructor(code: DirectoryError['code'], options?: ErrorOptions) {
    super('the user pool does not answer as it should', options);
    this.code = code;
  }
}
