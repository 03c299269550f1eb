/** What a rule of the audit is: one pitfall, by its id, with its page `docs/audit/<id>.md`. */

import type { FactValues, PartName } from './facts.ts';

export const SEVERITIES = ['low', 'medium', 'high'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Where it was seen, and what was seen there. Names and settings only, never a user's data. */
export interface Evidence {
  subject: string;
  detail: string;
}

export interface AuditRule {
  /** Stable; also the name of its page. */
  id: string;
  severity: Severity;
  /** What is wrong, in a line. */
  title: string;
  /** How it is put right, in a line or two. */
  mend: string;
  /** Without these parts it cannot be examined. */
  needs: readonly PartName[];
  find(facts: FactValues): Evidence[];
}

/** A rule that can look at nothing but what it says it needs. */
export function rule<const N extends PartName>(
  spec: Omit<AuditRule, 'needs' | 'find'> & {
    needs: readonly N[];
    find: (facts: Pick<FactValues, N>) => Evidence[];
  },
): AuditRule {
  return spec;
}
