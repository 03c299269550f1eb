/** `policy.yml` text to a checked policy, or every error in it at once. */

import * as v from 'valibot';
import { describeSchemaIssue } from './describe.ts';
import type { Path, PolicyIssue } from './issues.ts';
import { referenceIssues } from './references.ts';
import { type Policy, policySchema } from './schema.ts';
import { shapeIssues } from './shape.ts';
import { type Position, readYaml } from './yaml.ts';

export type ParseResult =
  | { ok: true; policy: Policy; positionOf: (path: Path, atKey?: boolean) => Position }
  | { ok: false; issues: PolicyIssue[] };

/**
 * Parses and checks a policy. `file` only names it in the issues. Never throws: hostile text (aliases,
 * duplicate keys, deep nesting, megabytes) gives issues like any other mistake.
 */
export function parsePolicy(text: string, file = 'policy.yml'): ParseResult {
  const yaml = readYaml(text);
  const found = yaml.issues.map((issue) => ({ ...issue, file }));
  if (!yaml.readable) return failed(found);

  const checked = v.safeParse(policySchema, yaml.value);
  const shape = shapeIssues(policySchema, yaml.value);
  const misshapen = new Set(shape.map(({ path }) => JSON.stringify(path)));
  const located = [
    ...shape,
    ...[
      ...(checked.issues ?? []).filter(({ expected }) => expected !== 'never').map(describeSchemaIssue),
      ...referenceIssues(yaml.value),
      // Below a list that should have been a mapping, everything is wrong for the same reason.
    ].filter(({ path }) => !isBelowOneOf(misshapen, path)),
  ];
  if (checked.success && located.length === 0 && found.length === 0) {
    return { ok: true, policy: checked.output, positionOf: yaml.positionOf };
  }
  const placed = located.map(({ path, atKey, ...issue }) => ({
    ...issue,
    file,
    ...yaml.positionOf(path, atKey),
  }));
  // What YAML has already misread is not judged again.
  const misread = new Set(found.map(placeOf));
  return failed([...found, ...placed.filter((issue) => !misread.has(placeOf(issue)))]);
}

function isBelowOneOf(paths: ReadonlySet<string>, path: Path): boolean {
  return [...path, null].some((_, depth) => paths.has(JSON.stringify(path.slice(0, depth))));
}

function placeOf({ line, column }: Position): string {
  return `${line}:${column}`;
}

function failed(issues: PolicyIssue[]): ParseResult {
  return {
    ok: false,
    issues: issues.toSorted((a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1)),
  };
}
