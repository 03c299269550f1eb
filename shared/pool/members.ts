/** Members of a JSON object, by name and by path. */

import type { Raw } from './raw.ts';

export function withoutMembers(object: Raw, names: readonly string[]): Raw {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** Undefined if it is not there. */
export function valueAt(object: Raw, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Raw | null | undefined)?.[name], object);
}

export function withValue(object: Raw, [name = '', ...rest]: readonly string[], value: unknown): Raw {
  const inner = rest.length === 0 ? value : withValue((object[name] ?? {}) as Raw, rest, value);
  return { ...object, [name]: inner };
}
