/** `policy.yml` text to a checked policy, or every error in it at once. */

import * as v from 'valibot';
import { describeSchemaIssue } from './describe.ts';
import type { LocatedIssue, Path, PolicyIssue } from './issues.ts';
import { referenceIssues } from './references.ts';
import { type Policy, policySchema } from './schema.ts';
import { shapeIssues } from './shape.ts';
import { type Position, readYaml } from './yaml.ts';

export type ParseResult =
  | { ok: true; policy: Policy; positionOf: (path: Path) => Position }
  | { ok: false; issues: PolicyIssue[] };

/**
 * Parses and checks a policy. `file` only names it in the issues. Never throws: hostile text (aliases,
 * duplicate keys, deep nesting, megabytes) gives issues like any other mistake.
 */
export function parsePolicy(text: string, file = 'policy.yml'): ParseResult {
  const yaml = readYaml(text);
  if (yaml.issues.length > 0) return failed(yaml.issues.map((issue) => ({ ...issue, file })));

  const checked = v.safeParse(policySchema, yaml.value);
  const located: LocatedIssue[] = [
    ...(checked.issues ?? []).filter((issue) => issue.expected !== 'never').map(describeSchemaIssue),
    ...shapeIssues(policySchema, yaml.value),
    ...referenceIssues(yaml.value),
  ];
  if (checked.success && located.length === 0) {
    return { ok: true, policy: checked.output, positionOf: yaml.positionOf };
  }
  return failed(
    located.map(({ path, atKey, ...issue }) => ({ ...issue, file, ...yaml.positionOf(path, atKey) })),
  );
}

function failed(issues: PolicyIssue[]): ParseResult {
  const sorted = issues.toSorted(
    (a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1),
  );
  return { ok: false, issues: sorted };
}
