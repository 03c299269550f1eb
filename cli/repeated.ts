/** Options that may be given more than once. */

export function append(value: string, before: string[]): string[] {
  return [...before, value];
}
