/** What is read from the table ahead of the decisions that need it, and how old it may be. */

import { inTime } from '../in-time.ts';
import { StoreError } from './ports.ts';

export interface SnapshotOptions {
  /** How old the snapshot may be while the table answers. */
  refreshSeconds: number;
  /** How long the last good one serves while it does not. */
  maxStaleSeconds: number;
  /** Told when the last good one serves because the table does not answer. */
  onFailure: (error: unknown) => void;
  /** Milliseconds. */
  now?: () => number;
}

/** How long one decision waits: design, "Store". */
const WAIT_MS = 1500;

/** A part of the refresh time is left for reading, so that nothing older is decided on. */
const REFRESH_AHEAD = 2 / 3;

/** A reading takes some ten milliseconds: one that has taken so long was frozen, and its connection may have gone. */
const FROZEN_MS = 1000;

interface Attempt {
  number: number;
  startedAt: number;
  /** Whether it has brought anything; never throws. */
  ended: Promise<boolean>;
}

/**
 * Lambda freezes a process between invocations, also in the middle of a reading. So there is no timer: how old the
 * snapshot is, is judged by the wall clock whenever it is asked for; it is as old as the question that it answers, not as
 * the answer; and what fails in the background proves nothing, for only while a decision waits is the process surely awake.
 */
export class Snapshot<T> {
  readonly #load: () => Promise<T>;
  readonly #options: SnapshotOptions;
  readonly #refreshMs: number;
  readonly #now: () => number;
  #value: T | undefined;
  #asOf = -Infinity;
  /** The attempt that the snapshot is from: one that was frozen may end after its successor. */
  #from = 0;
  #latest: Attempt | null = null;
  #error: unknown = null;
  /** When a decision has last waited for nothing. */
  #inVainAt = -Infinity;

  constructor(load: () => Promise<T>, options: SnapshotOptions) {
    this.#load = load;
    this.#options = options;
    this.#refreshMs = options.refreshSeconds * 1000;
    this.#now = options.now ?? Date.now;
  }

  /** Begins to load, so that the first decision has less to wait for. */
  prepare(): void {
    this.#start();
  }

  /**
   * The snapshot. It is renewed in the background before it is too old; one that is (the process was frozen, or nobody
   * asked) is waited for, at most 1.5 s, and serves on if the table does not answer. Throws what `load` throws, or
   * `StoreError`, where there is none, or none that may serve any more.
   */
  async current(): Promise<T> {
    const age = this.#since(this.#asOf);
    if (age >= this.#refreshMs) await this.#renew();
    else if (age >= this.#refreshMs * REFRESH_AHEAD) this.#renewInBackground();
    if (!this.#mayServe()) throw this.#error ?? new StoreError('STORE_UNAVAILABLE');
    return this.#value as T;
  }

  /** Milliseconds; of a clock that was set back, how far. */
  #since(moment: number): number {
    return Math.abs(this.#now() - moment);
  }

  #mayServe(): boolean {
    return this.#since(this.#asOf) <= this.#options.maxStaleSeconds * 1000;
  }

  async #renew(): Promise<void> {
    // Not every decision is to wait for a table that hangs, while the last good snapshot may serve.
    if (this.#mayServe() && this.#since(this.#inVainAt) < this.#refreshMs / 2) return;
    if (await inTime(this.#awaited(), WAIT_MS).catch(() => false)) return;
    this.#inVainAt = this.#now();
    if (this.#mayServe()) this.#options.onFailure(this.#error ?? new StoreError('STORE_UNAVAILABLE'));
  }

  /** By what is on its way, if that is new enough; else, and where it fails, by what is asked for now. */
  async #awaited(): Promise<boolean> {
    const onItsWay = this.#latest;
    const isFirst = this.#asOf === -Infinity;
    if (onItsWay && (isFirst || this.#since(onItsWay.startedAt) < FROZEN_MS)) {
      if ((await onItsWay.ended) && this.#since(this.#asOf) < this.#refreshMs) return true;
    }
    // Others may have waited with us, and one of them has begun.
    const latest = this.#latest === null || this.#latest === onItsWay ? this.#start() : this.#latest;
    return latest.ended;
  }

  #renewInBackground(): void {
    if (this.#latest === null || this.#since(this.#latest.startedAt) >= this.#refreshMs / 10) this.#start();
  }

  #start(): Attempt {
    const number = (this.#latest?.number ?? 0) + 1;
    const startedAt = this.#now();
    this.#latest = { number, startedAt, ended: this.#try(number, startedAt) };
    return this.#latest;
  }

  async #try(number: number, startedAt: number): Promise<boolean> {
    try {
      const value = await this.#load();
      if (number < this.#from) return true;
      this.#from = number;
      this.#value = value;
      this.#asOf = startedAt;
      this.#error = null;
      return true;
    } catch (error) {
      this.#error = error;
      return false;
    }
  }
}
