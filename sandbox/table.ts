/** What the sandbox prints of each step. */

import { styleText } from 'node:util';
import type { Outcome } from './run.ts';

const COLUMNS = { what: 34, who: 33, status: 6, decision: 30 } as const;

export function tableHead(): string {
  return styleText(
    'dim',
    `   ${'step'.padEnd(COLUMNS.what)}${'who'.padEnd(COLUMNS.who)}${'HTTP'.padEnd(COLUMNS.status)}${'decision, rule'.padEnd(COLUMNS.decision)}`,
  );
}

export function tableRow({ what, who, status, audit, note, failures }: Outcome): string {
  const mark = failures.length === 0 ? styleText('green', '✓') : styleText('red', '✗');
  const decision = [audit?.code, audit?.rule ?? audit?.reason].filter(Boolean).join(' ');
  const row = ` ${mark} ${cell(shorten(what), COLUMNS.what)}${cell(who, COLUMNS.who)}${cell(String(status), COLUMNS.status)}${cell(decision, COLUMNS.decision)}${styleText('dim', note)}`;
  return [row.trimEnd(), ...failures.map((failure) => styleText('red', `     ${failure}`))].join('\n');
}

export function tableFoot(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  const text =
    failed === 0
      ? `all ${outcomes.length} expectations held`
      : `${failed} of ${outcomes.length} expectations failed`;
  return styleText(failed === 0 ? 'green' : 'red', text);
}

function shorten(text: string): string {
  return text.replace(/([0-9a-f]{8})-[0-9a-f-]{27}/g, '$1…');
}

function cell(text: string, width: number): string {
  return text.length < width ? text.padEnd(width) : `${text} `;
}
