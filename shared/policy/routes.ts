/** Finds the patterns that a path matches, by walking the tree of all patterns one segment at a time. */

import type { Route, RouteNode } from './artefact.ts';
import type { Verb } from './pattern.ts';

/** Every route for this verb and these decoded segments, in the order in which rules are asked. */
export function matchRoutes(root: RouteNode, verb: Verb, segments: readonly string[]): Route[] {
  const found: Route[] = [];
  collect(root, segments, 0, found);
  return found
    .filter((route) => route.verbs.includes(verb))
    .toSorted((a, b) => a.rule - b.rule || a.pattern - b.pattern);
}

function collect(node: RouteNode, segments: readonly string[], depth: number, found: Route[]): void {
  for (const route of node.rests) found.push(route);
  const segment = segments[depth];
  if (segment === undefined) {
    for (const route of node.ends) found.push(route);
    return;
  }
  const literal = Object.hasOwn(node.literals, segment) ? node.literals[segment] : undefined;
  if (literal) collect(literal, segments, depth + 1, found);
  if (node.any) collect(node.any, segments, depth + 1, found);
}
