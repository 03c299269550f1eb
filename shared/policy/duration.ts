/** Durations as a policy writes them: a whole number and its unit. */

export const DURATION = /^[1-9][0-9]{0,5}(?:s|m|h|d)$/;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86400 } as const;

/** `15m` to 900. Takes what the schema has checked. */
export function secondsOf(duration: string): number {
  return Number(duration.slice(0, -1)) * SECONDS[duration.at(-1) as keyof typeof SECONDS];
}
