/** What the sandbox prints of each step. */

import { paint } from '../cli/paint.ts';
import type { LoggedDecision } from './decisions.ts';
import type { Outcome } from './run.ts';

const COLUMNS = { what: 34, who: 33, status: 6, decision: 30 } as const;

export function tableHead(): string {
  return paint(
    'dim',
    `   ${'step'.padEnd(COLUMNS.what)}${'who'.padEnd(COLUMNS.who)}${'HTTP'.padEnd(COLUMNS.status)}${'decision, rule'.padEnd(COLUMNS.decision)}`,
  );
}

export function tableRow({ what, who, status, decision, note, failures }: Outcome): string {
  const mark = failures.length === 0 ? paint('green', '✓') : paint('red', '✗');
  const reason = [decision?.code, decision?.rule ?? decision?.reason].filter(Boolean).join(' ');
  const row = ` ${mark} ${cell(shorten(what), COLUMNS.what)}${cell(who, COLUMNS.who)}${cell(String(status), COLUMNS.status)}${cell(reason, COLUMNS.decision)}${paint('dim', note)}`;
  return [row.trimEnd(), ...failures.map((failure) => paint('red', `     ${failure}`))].join('\n');
}

/** A decision as it is made, when people call the APIs themselves. */
export function decisionRow({ effect, code, rule, reason, sub, route }: LoggedDecision): string {
  const colour = effect === 'allow' ? 'green' : 'red';
  return [paint(colour, (effect ?? '').padEnd(6)), route, code, rule ?? reason, sub && `sub ${sub}`]
    .filter(Boolean)
    .join('  ');
}

export function tableFoot(outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  const text =
    failed === 0
      ? `all ${outcomes.length} expectations held`
      : `${failed} of ${outcomes.length} expectations failed`;
  return paint(failed === 0 ? 'green' : 'red', text);
}

function shorten(text: string): string {
  return text.replace(/([0-9a-f]{8})-[0-9a-f-]{27}/g, '$1…');
}

function cell(text: string, width: number): string {
  return text.length < width ? text.padEnd(width) : `${text} `;
}
