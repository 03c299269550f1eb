/** Issues of a policy as people read them. */

import type { PolicyIssue } from './issues.ts';

/** Text from a policy or a token, without what a terminal would obey or a second line could pretend. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/** An issue of whatever kind. */
export type PrintableIssue = Omit<PolicyIssue, 'code'> & { code: string };

/** `file:line:col CODE message`, and below it how to mend it. */
export function formatIssue({ file, line, column, code, message, hint }: PrintableIssue): string {
  return `${file}:${line}:${column} ${code} ${printable(message)}\n  help: ${printable(hint)}`;
}

export function formatIssues(issues: readonly PrintableIssue[]): string {
  const count = issues.length === 1 ? '1 error' : `${issues.length} errors`;
  return [...issues.map(formatIssue), `${count} in ${issues[0]?.file}`].join('\n');
}
