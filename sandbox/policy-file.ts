/** The policy that the sandbox builds: the file that was asked for, and what the scenario adds where that says nothing. */

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import { readInput } from '../cli/input.ts';

/** Top-level keys of a policy. */
export type PolicyKeys = Record<string, unknown>;

export interface PolicyFile {
  /** To build: the policy's own, or a copy with the additions at its end, so that lines stay. */
  file: string;
  /** The keys that are the scenario's. */
  added: string[];
  /** The groups that it defines. */
  groups: string[];
}

/** A copy goes into `folder`. What is no policy is left as it is, for the build to refuse. */
export function policyFileWith(policyFile: string, additions: PolicyKeys, folder: string): PolicyFile {
  const text = readInput(policyFile);
  const policy = readKeys(text);
  const groups = Object.keys(policy?.['groups'] ?? {});
  const added = policy === null ? [] : Object.keys(additions).filter((key) => !Object.hasOwn(policy, key));
  if (added.length === 0) return { file: policyFile, added, groups };
  const file = join(folder, basename(policyFile));
  writeFileSync(file, `${text}\n${stringify(Object.fromEntries(added.map((key) => [key, additions[key]])))}`);
  return { file, added, groups };
}

function readKeys(text: string): PolicyKeys | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  const value: unknown = document.toJS();
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PolicyKeys) : null;
}
