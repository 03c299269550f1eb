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

/** True if some path is in both sets. */
export function meets(a: readonly Token[], b: readonly Token[]): boolean {
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = step(i, j);
    known.set(key, result);
    return result;
  };
  const step = (i: number, j: number): boolean => {
    const [left, right] = [a[i], b[j]];
    if (left === undefined && right === undefined) return true;
    if (left === STAR) return from(i + 1, j) || (right !== undefined && from(i, j + 1));
    if (right === STAR) return from(i, j + 1) || (left !== undefined && from(i + 1, j));
    if (left === undefined || right === undefined) return false;
    return (left === ONE || right === ONE || left === right) && from(i + 1, j + 1);
  };
  return from(0, 0);
}

/** True if every path of `a` is in `b`. `STAR` may stand last only, as in route patterns. */
export function within(a: readonly Token[], b: readonly Token[]): boolean {
  const open = b.at(-1) === STAR;
  const fixed = open ? b.slice(0, -1) : b;
  const aFixed = a.at(-1) === STAR ? a.slice(0, -1) : a;
  if (open ? aFixed.length < fixed.length : a.length !== b.length || aFixed.length < a.length) return false;
  return fixed.every((token, index) => token === ONE || token === aFixed[index]);
}
