/** The patterns of a policy as a list: the artefact keeps them as a tree, which answers one path at a time. */

import type { Artefact, Route, RouteNode } from '../artefact.ts';
import type { Verb } from '../pattern.ts';

/** A segment of a pattern: a literal, any one, or one that a claim decides. */
export type PatternPart = { literal: string } | { claim: string } | 'any';

export interface ListedPattern {
  /** Index into `rules`. */
  rule: number;
  verbs: readonly Verb[];
  parts: readonly PatternPart[];
  /** True for a final `**`. */
  rest: boolean;
}

const listed = new WeakMap<Artefact, readonly ListedPattern[]>();

/** Every pattern of every rule; listed once for each artefact. */
export function patternsOf(policy: Artefact): readonly ListedPattern[] {
  const known = listed.get(policy);
  if (known) return known;
  const patterns: ListedPattern[] = [];
  walk(policy.routes, [], patterns);
  patterns.sort((a, b) => a.rule - b.rule);
  listed.set(policy, patterns);
  return patterns;
}

function walk(node: RouteNode, parts: readonly PatternPart[], patterns: ListedPattern[]): void {
  for (const route of node.ends) patterns.push(patternOf(route, parts, false));
  for (const route of node.rests) patterns.push(patternOf(route, parts, true));
  for (const [literal, child] of Object.entries(node.literals))
    walk(child, [...parts, { literal }], patterns);
  if (node.any) walk(node.any, [...parts, 'any'], patterns);
}

function patternOf(
  { rule, verbs, binds }: Route,
  parts: readonly PatternPart[],
  rest: boolean,
): ListedPattern {
  const claims = new Map(binds.map(({ segment, claim }) => [segment, claim]));
  const bound = parts.map((part, index) => {
    const claim = claims.get(index);
    return claim === undefined ? part : { claim };
  });
  return { rule, verbs, parts: bound, rest };
}
