/** Issues of a policy as people read them. */

import type { PolicyIssue } from './issues.ts';

/** `file:line:col CODE message`, and below it how to mend it. */
export function formatIssue({ file, line, column, code, message, hint }: PolicyIssue): string {
  return `${file}:${line}:${column} ${code} ${message}\n  help: ${hint}`;
}

export function formatIssues(issues: readonly PolicyIssue[]): string {
  const count = issues.length === 1 ? '1 error' : `${issues.length} errors`;
  return [...issues.map(formatIssue), `${count} in ${issues[0]?.file}`].join('\n');
}
