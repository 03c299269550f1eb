/** Remembers verified tokens, so that a token seen before costs a look-up and not a signature. */

export interface MemoryLimits {
  maxEntries: number;
  /** Estimated, keys included. */
  maxBytes: number;
}

/** The end of a token is the end of its signature: this much of it differs between any two, and is quick to look up. */
const KEY_CHARACTERS = 43;

/**
 * A least-recently-used store of what a token proved. Found by its end, and then compared as a whole: nothing but the
 * identical token hits. Forty lines and not `lru-cache`, which costs a cold start 1.8 ms and 6 kB.
 */
export class TokenMemory<T extends { expiresSeconds: number }> {
  readonly #limits: MemoryLimits;
  readonly #entries = new Map<string, { token: string; value: T }>();
  #bytes = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  /** What the token proved; undefined if it is not remembered or has expired. */
  recall(token: string, nowSeconds: number): T | undefined {
    const key = token.slice(-KEY_CHARACTERS);
    const entry = this.#entries.get(key);
    if (entry?.token !== token) return undefined;
    if (nowSeconds >= entry.value.expiresSeconds) {
      this.#drop(key);
      return undefined;
    }
    // To the end of the order.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  remember(token: string, value: T): void {
    if (estimateBytes(token) > this.#limits.maxBytes) return;
    const key = token.slice(-KEY_CHARACTERS);
    this.#drop(key);
    this.#entries.set(key, { token, value });
    this.#bytes += estimateBytes(token);
    // A Map keeps insertion order: the first is the one unused for longest.
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.maxEntries && this.#bytes <= this.#limits.maxBytes) return;
      this.#drop(oldest);
    }
  }

  forgetAll(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= estimateBytes(entry.token);
  }
}

/** The token itself, and its claims as objects, which take about three times their text. */
function estimateBytes(token: string): number {
  return token.length * 4 + 500;
}
