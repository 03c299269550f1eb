/** Kleene's three-valued logic: a condition whose evidence is absent is neither true nor false. */

export type Truth = boolean | 'unknown';

/** True when every value is true; one false decides, else one unknown does. */
export function allOf(values: readonly Truth[]): Truth {
  if (values.includes(false)) return false;
  return values.includes('unknown') ? 'unknown' : true;
}

/** True when any value is true; else one unknown makes the whole unknown. An empty list is false. */
export function anyOf(values: readonly Truth[]): Truth {
  if (values.includes(true)) return true;
  return values.includes('unknown') ? 'unknown' : false;
}
