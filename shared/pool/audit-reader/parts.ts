/** How a part of the facts is read: few calls at a time, to the last page, and what cannot be had is written down. */

import type { Gap, Part } from '../audit/facts.ts';
import { reasonOf } from '../failures.ts';

/** Runs work when its turn comes. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Asks AWS one thing. Null if it cannot be had, which the part then says. */
export type Ask = <T>(what: string, call: () => Promise<T>) => Promise<T | null>;

export interface PartReader {
  ask: Ask;
  /** Writes down what is missing for a reason of ours. */
  missing: (what: string, why: string) => null;
}

/** At most `atOnce` calls under way. */
export function limited(atOnce: number): Limit {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (work) => {
    if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    else free--;
    try {
      return await work();
    } finally {
      // The turn is handed on, or given back.
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** Reads one part; never throws for what AWS refuses, fails at or does not answer in time. */
export async function readPart<T>(
  limit: Limit,
  read: (reader: PartReader) => Promise<T | null>,
): Promise<Part<T>> {
  const gaps: Gap[] = [];
  const missing = (what: string, why: string) => {
    gaps.push({ kind: 'unreadable', what, why });
    return null;
  };
  const ask: Ask = async (what, call) => {
    try {
      return await limit(call);
    } catch (error) {
      if (isBug(error)) throw error;
      return missing(what, reasonOf(error));
    }
  };
  return { value: await read({ ask, missing }), gaps };
}

/** A part that nobody asked for. */
export function notGiven<T>(what: string, option: string): Part<T> {
  return { value: null, gaps: [{ kind: 'not_given', what, why: `give ${option}` }] };
}

export function known<T>(value: T): Part<T> {
  return { value, gaps: [] };
}

/** Every item of a paged list: on to the last page, however short a page is (contracts D1). */
export async function allPages<T, C>(
  page: (cursor: C | undefined) => Promise<{ items: T[] | undefined; next: C | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: C | undefined;
  do {
    const { items = [], next } = await page(cursor);
    all.push(...items);
    if (next !== undefined && next === cursor) throw new Error('RepeatedPage');
    cursor = next || undefined;
  } while (cursor !== undefined);
  return all;
}

/** A fault of ours, not an answer. */
export function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}
