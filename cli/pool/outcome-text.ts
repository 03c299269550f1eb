/** What has become of a write, in words; of a conflict both sides. */

import { printable } from '../../shared/policy/print.ts';
import { paint } from '../paint.ts';
import type { Outcome } from './outcome.ts';

const WORDS: Record<Outcome['outcome'], string> = {
  unchanged: 'is as it should be; nothing was written',
  written: 'is written, read back, and as it was but for that',
  restored: 'is written; what AWS dropped was sent again, and all is there',
  refused: 'is not written',
  conflict: 'is written, and is not what was meant',
  failed: 'failed',
};

/** `what`: `pool`, or `client 1abc`. */
export function outcomeLines(
  what: string,
  { outcome, backup, refusals, differences, error }: Outcome,
): string[] {
  const bad = ['refused', 'conflict', 'failed'].includes(outcome);
  return [
    `${paint(bad ? 'red' : 'green', outcome)}  ${what} ${WORDS[outcome]}`,
    ...(error ? [`  ${error.name}: ${printable(error.message)}`] : []),
    ...differences.flatMap(({ path, expected, actual }) => [
      `  ${printable(path)}`,
      `    meant: ${printable(JSON.stringify(expected))}`,
      `    there: ${printable(JSON.stringify(actual))}`,
    ]),
    ...refusals.flatMap(({ code, message, hint }) => [
      `  ${code} ${printable(message)}`,
      `  help: ${printable(hint)}`,
    ]),
    ...(error ? [`  help: ${printable(error.hint)}`] : []),
    ...(backup && !error ? [`  before it: ${backup}`] : []),
  ];
}
