/** Remembers verified tokens, so that a token seen before costs a look-up and not a signature. */

export interface MemoryLimits {
  maxEntries: number;
  /** Estimated, keys included. */
  maxBytes: number;
}

/**
 * A least-recently-used store of what a token proved. The key is the whole token, compared as text: nothing but
 * the identical token hits. Forty lines and not `lru-cache`, which costs a cold start 1.8 ms and 6 kB.
 */
export class TokenMemory<T extends { expiresSeconds: number }> {
  readonly #limits: MemoryLimits;
  readonly #entries = new Map<string, T>();
  #bytes = 0;

  constructor(limits: MemoryLimits) {
    this.#limits = limits;
  }

  /** What the token proved; undefined if it is not remembered or has expired. */
  recall(token: string, nowSeconds: number): T | undefined {
    const value = this.#entries.get(token);
    if (value === undefined) return undefined;
    this.#drop(token);
    if (nowSeconds >= value.expiresSeconds) return undefined;
    this.#keep(token, value);
    return value;
  }

  remember(token: string, value: T): void {
    if (estimateBytes(token) > this.#limits.maxBytes) return;
    this.#drop(token);
    this.#keep(token, value);
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

  #keep(token: string, value: T): void {
    this.#entries.set(token, value);
    this.#bytes += estimateBytes(token);
  }

  #drop(token: string): void {
    if (this.#entries.delete(token)) this.#bytes -= estimateBytes(token);
  }
}

/** The token itself, and its claims as objects, which take about three times their text. */
function estimateBytes(token: string): number {
  return token.length * 4 + 500;
}
