/** What the pool must remember between two requests of a client: kept for a while, and given back once. */

import { randomBytes } from 'node:crypto';

export class Sessions<Value> {
  readonly #kept = new Map<string, { value: Value; expiresAt: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The text to ask for it with. Base64, because a client decodes a `SECRET_BLOCK`. */
  keep(value: Value, minutes: number): string {
    const token = randomBytes(96).toString('base64');
    this.#kept.set(token, { value, expiresAt: this.#now() + minutes * 60_000 });
    return token;
  }

  /** Null if it was never kept, was taken before or is too old. */
  take(token: string): Value | null {
    const found = this.#kept.get(token);
    this.#kept.delete(token);
    return found && found.expiresAt > this.#now() ? found.value : null;
  }
}
