/** An audit as people read it: gravest first, each finding with what was seen, how to mend it, and its page. */

import type { AuditReport, Finding, NotExamined } from '../shared/pool/audit/audit.ts';
import { SEVERITIES, type Severity } from '../shared/pool/audit/rule.ts';
import { printable } from '../shared/policy/print.ts';
import { paint } from './paint.ts';

const COLOURS: Record<Severity, Parameters<typeof paint>[0]> = {
  high: ['bold', 'red'],
  medium: ['bold', 'yellow'],
  low: ['bold', 'cyan'],
};

/** More of them are counted. */
const MOST_RULES = 3;

export function auditAsText(poolId: string, report: AuditReport): string {
  return [
    ...report.findings.flatMap(findingAsText),
    ...notExaminedAsText(report.notExamined),
    ...(report.ignored.length > 0 ? [`ignored  ${report.ignored.join(', ')}`, ''] : []),
    summaryOf(poolId, report),
  ].join('\n');
}

function findingAsText({ id, severity, title, evidence, mend, page }: Finding): string[] {
  return [
    `${paint(COLOURS[severity], severity.toUpperCase().padEnd(8))} ${paint('bold', id)}  ${title}`,
    ...evidence.map(({ subject, detail }) => `         ${printable(subject)}: ${printable(detail)}`),
    `  mend   ${mend}`,
    `  page   ${page}`,
    '',
  ];
}

function notExaminedAsText(notExamined: readonly NotExamined[]): string[] {
  if (notExamined.length === 0) return [];
  const lines = notExamined.map(({ kind, what, why, rules }) => {
    const few = rules.length <= MOST_RULES ? rules.join(', ') : `${rules.length} rules`;
    const mark = kind === 'unreadable' ? paint('yellow', '!') : '-';
    return `  ${mark} ${printable(what)} (${printable(why)}): ${few}`;
  });
  return ['not examined', ...lines, ''];
}

function summaryOf(poolId: string, { findings, examined }: AuditReport): string {
  const counts = SEVERITIES.toReversed()
    .map((severity) => ({ severity, count: findings.filter((each) => each.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`);
  return `${poolId}: ${counts.join(', ') || 'nothing found'}; ${examined.length} rules examined in full`;
}
