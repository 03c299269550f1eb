/** Numbers on the command line. */

import { InvalidArgumentError } from 'commander';

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number of seconds.');
  return Number(text);
}

/** As far back as CloudWatch keeps a metric by the hour (API reference, GetMetricData). */
export function wholeHours(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 10_920)
    throw new InvalidArgumentError('It must be a whole number of hours from 1 to 10920.');
  return Number(text);
}
