/** A policy file as commands need it: compiled, and with the places of its rules. */

import type { Artefact } from '../shared/policy/artefact.ts';
import { compilePolicy } from '../shared/policy/compile.ts';
import { parsePolicy } from '../shared/policy/parse.ts';
import { formatIssues } from '../shared/policy/print.ts';
import type { Policy } from '../shared/policy/schema.ts';
import { CommandFailure } from './failure.ts';
import { readInput } from './input.ts';

export interface Location {
  file: string;
  line: number;
  column: number;
}

export interface LoadedPolicy {
  policy: Policy;
  artefact: Artefact;
  locationOf: (ruleId: string) => Location | null;
}

/** Throws `CommandFailure` with every error of the file. */
export function loadPolicy(file: string): LoadedPolicy {
  const parsed = parsePolicy(readInput(file), file);
  if (!parsed.ok) throw new CommandFailure(formatIssues(parsed.issues));
  const indexes = new Map((parsed.policy.rules ?? []).map(({ id }, index) => [id, index]));
  return {
    policy: parsed.policy,
    artefact: compilePolicy(parsed.policy),
    locationOf: (ruleId) => {
      const index = indexes.get(ruleId);
      return index === undefined ? null : { file, ...parsed.positionOf(['rules', index]) };
    },
  };
}
