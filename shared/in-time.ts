/** A limit for work that has none of its own, or several that add up. */

/** Whatever was waited for has not come. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'DEADLINE';
}

/** What `work` comes to, if that is within `limitMs`; else `DeadlineError`. The work itself goes on. */
export function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineError()), limitMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
