/** One pattern as IAM resources: what it grants or denies, and what `*`, crossing `/`, would grant beyond it. */

import { ONE, STAR, type Token } from './language.ts';

/** A pattern whose bound segments have got their values. */
export interface BoundPattern {
  /** A literal, or null for any one segment. */
  segments: readonly (string | null)[];
  /** True for a final `**`. */
  rest: boolean;
}

/** What the policy means by a pattern. */
export function languageOf({ segments, rest }: BoundPattern): Token[] {
  const tokens: Token[] = segments.map((segment) => segment ?? ONE);
  return rest ? [...tokens, STAR] : tokens;
}

/** The resources, below the verb, whose union holds every path of the pattern (and more: see `overreachOf`). */
export function resourcesOf({ segments, rest }: BoundPattern): string[] {
  const path = segments.map((segment) => segment ?? '?*').join('/');
  // A final `?*` takes more than one segment already.
  if (!rest || segments.at(-1) === null) return [path];
  return [path, segments.length === 0 ? '?*' : `${path}/?*`];
}

/** As `resourcesOf`, with the trailing slash that a decision overlooks: for denials, which must not miss it. */
export function denialsOf(pattern: BoundPattern): string[] {
  const { segments } = pattern;
  const slashed = segments.length > 0 && segments.at(-1) !== null;
  return resourcesOf(pattern).flatMap((resource, index) =>
    index === 0 && slashed ? [resource, `${resource}/`] : [resource],
  );
}

/** A set of paths that resources hold beyond the pattern, as a resource and as a language. */
export interface Overreach {
  resource: string;
  language: Token[];
}

/**
 * Where a wildcard would swallow a slash. Together these hold every path of `resourcesOf` that the pattern does not
 * match: in such a path at least one wildcard stands for two segments or more.
 */
export function overreachOf({ segments, rest }: BoundPattern): Overreach[] {
  const found = new Map<string, Overreach>();
  for (const index of wildcardsToGuard(segments, rest)) {
    const pieces = segments.map((segment, at) => segment ?? (at === index ? '?*/?*' : '?*'));
    const tokens = segments.flatMap((segment, at): Token[] => {
      if (segment !== null) return [segment];
      return at === index ? [ONE, ONE, STAR] : [ONE, STAR];
    });
    const resource = pieces.join('/');
    found.set(resource, { resource, language: tokens });
    if (rest) {
      const deeper = `${resource}/?*`;
      found.set(deeper, { resource: deeper, language: [...tokens, ONE, STAR] });
    }
  }
  return [...found.values()];
}

/** A wildcard that only wildcards and `**` follow swallows nothing that `**` does not take. */
function wildcardsToGuard(segments: readonly (string | null)[], rest: boolean): number[] {
  const lastLiteral = segments.findLastIndex((segment) => segment !== null);
  return segments.flatMap((segment, index) =>
    segment === null && (!rest || index < lastLiteral) ? [index] : [],
  );
}
