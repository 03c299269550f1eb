/** Looks into a document that may be anything, so that one mistake does not hide another. */

export type Mapping = Record<string, unknown>;

/** The mapping, or an empty one. */
export function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

/** The list, or an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
