/**
 * Sets of paths as lists of tokens, one for each segment: what a route pattern matches, and what an IAM resource does.
 * In IAM `?*` between two slashes is one segment or more, because `*` crosses `/` (contracts A9).
 */

/** Any one segment. */
export const ONE = Symbol('one segment');

/** Any number of segments, none included. */
export const STAR = Symbol('any segments');

/** A literal segment is its text. */
export type Token = string | typeof ONE | typeof STAR;

/** True if some path is in all sets. */
export function meets(...sets: readonly (readonly Token[])[]): boolean {
  const known = new Map<string, boolean>();
  const from = (places: readonly number[]): boolean => {
    const key = places.join();
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = step(places);
    known.set(key, result);
    return result;
  };
  const step = (places: readonly number[]): boolean => {
    const next = places.map((place, set) => sets[set]?.[place]);
    if (next.every((token) => token === undefined)) return true;
    // A `STAR` may end here; and where none does, all take the same segment, which a `STAR` survives.
    const ends = next.some((token, set) => token === STAR && from(places.with(set, (places[set] ?? 0) + 1)));
    if (ends) return true;
    if (next.includes(undefined)) return false;
    const literals = new Set(next.filter((token) => typeof token === 'string'));
    const moved = places.map((place, set) => (next[set] === STAR ? place : place + 1));
    return literals.size <= 1 && next.some((token) => token !== STAR) && from(moved);
  };
  return from(sets.map(() => 0));
}

/** True if every path of `a` is in `b`. `STAR` may stand last only, as in route patterns. */
export function within(a: readonly Token[], b: readonly Token[]): boolean {
  const open = b.at(-1) === STAR;
  const fixed = open ? b.slice(0, -1) : b;
  const aFixed = a.at(-1) === STAR ? a.slice(0, -1) : a;
  if (open ? aFixed.length < fixed.length : a.length !== b.length || aFixed.length < a.length) return false;
  return fixed.every((token, index) => token === ONE || token === aFixed[index]);
}
