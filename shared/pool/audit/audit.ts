/** Facts to findings: every rule whose parts are there is tried, and what could not be examined is said. */

import type { FactValues, Facts, Gap } from './facts.ts';
import { type AuditRule, type Evidence, SEVERITIES, type Severity } from './rule.ts';
import { RULES } from './rules.ts';

export interface AuditReport {
  /** Gravest first. */
  findings: Finding[];
  /** Rules that were tried on all that there is. */
  examined: string[];
  /** What could not be looked at, and the rules that wanted it. */
  notExamined: NotExamined[];
  /** Rules that were left out on request. */
  ignored: string[];
}

export interface Finding {
  id: string;
  severity: Severity;
  title: string;
  evidence: Evidence[];
  mend: string;
  /** In Gatehouse's documentation. */
  page: string;
}

export interface NotExamined extends Gap {
  rules: string[];
}

export function auditFacts(facts: Facts, ignored: readonly string[] = []): AuditReport {
  const rules = RULES.filter(({ id }) => !ignored.includes(id));
  return {
    findings: rules.flatMap((rule) => findingOf(rule, facts)).toSorted(byGravity),
    examined: rules.filter((rule) => gapsOf(rule, facts).length === 0).map(({ id }) => id),
    notExamined: gather(rules, facts),
    ignored: RULES.filter(({ id }) => ignored.includes(id)).map(({ id }) => id),
  };
}

/** True if a severity is at least as grave as another. */
export function isAtLeast(severity: Severity, floor: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(floor);
}

function findingOf({ needs, find, ...rule }: AuditRule, facts: Facts): Finding[] {
  if (needs.some((name) => facts[name].value === null)) return [];
  // INVARIANT: a rule looks at nothing but what it needs (`rule()`), and none of that is null here.
  const values = Object.fromEntries(
    Object.entries(facts).map(([name, { value }]) => [name, value]),
  ) as unknown as FactValues;
  const evidence = find(values);
  if (evidence.length === 0) return [];
  const { id, severity, title, mend } = rule;
  return [{ id, severity, title, evidence, mend, page: `docs/audit/${id}.md` }];
}

/** A part that is there but for some of it leaves its rules half examined. */
function gapsOf({ needs }: AuditRule, facts: Facts): Gap[] {
  return needs.flatMap((name) => facts[name].gaps);
}

/** Each gap once, with all rules that it leaves in the dark. */
function gather(rules: readonly AuditRule[], facts: Facts): NotExamined[] {
  const gathered = new Map<string, NotExamined>();
  for (const rule of rules) {
    for (const gap of gapsOf(rule, facts)) {
      const key = JSON.stringify(gap);
      const entry = gathered.get(key) ?? { ...gap, rules: [] };
      gathered.set(key, { ...entry, rules: [...new Set([...entry.rules, rule.id])] });
    }
  }
  return [...gathered.values()];
}

function byGravity(a: Finding, b: Finding): number {
  return SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
}
