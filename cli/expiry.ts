/** Moments on the command line: ends as they are typed, and moments as they are printed. */

import { InvalidArgumentError } from 'commander';
import { secondsOf } from '../shared/policy/duration.ts';

/** `14d` from now on, or the end of a day in UTC; epoch seconds. */
export function expiryOf(text: string): number {
  const now = Math.floor(Date.now() / 1000);
  if (/^[1-9]\d{0,5}[smhd]$/.test(text)) return now + secondsOf(text);
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T24:00:00Z`) / 1000 : Number.NaN;
  // V8 takes 2027-02-31 for a day in March.
  if (!(day > now) || new Date((day - 1) * 1000).toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError(
      'It must be a time from now on like 14d or 12h, or a day to come like 2027-01-31.',
    );
  return day;
}

/** `2027-02-01T00:00:00Z`, of epoch seconds. */
export function dateOf(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
