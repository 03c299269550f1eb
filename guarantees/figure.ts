/** One line of what is measured, and what it must be. */

export interface Figure {
  what: string;
  measured: number | string;
  /** As a person reads it: `0`, `at least 1`. */
  goal: string;
  met: boolean;
}

export function exactly(what: string, measured: number, goal: number): Figure {
  return { what, measured, goal: String(goal), met: measured === goal };
}

export function atLeast(what: string, measured: number, goal: number): Figure {
  return { what, measured, goal: `at least ${goal}`, met: measured >= goal };
}

/** That it is so for none of them. */
export function none<T>(what: string, items: readonly T[], is: (item: T) => boolean): Figure {
  return exactly(what, items.filter(is).length, 0);
}
