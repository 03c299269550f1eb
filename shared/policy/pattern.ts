/** Route patterns as a policy writes them: `METHODS /path` (docs/policy.md, "Route patterns"). */

import { decodeSegment } from './path.ts';

/** The verbs that `ANY` stands for. */
export const HTTP_VERBS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The pseudo-verb of a WebSocket `$connect`; its only path is `/`, and `ANY` does not include it. */
export const CONNECT = 'CONNECT';

/** A request's ARN has 512 characters at the most, so no path has more segments. */
const MAX_SEGMENTS = 256;

export type Verb = (typeof HTTP_VERBS)[number] | typeof CONNECT;

/** One segment of a pattern; `rest` (`**`) stands last and takes zero or more segments. */
export type PatternSegment =
  | { kind: 'literal'; text: string }
  | { kind: 'any'; variable: string | null }
  | { kind: 'rest' };

export interface RoutePattern {
  verbs: readonly Verb[];
  segments: readonly PatternSegment[];
}

/** What is wrong with a pattern, in words for its author. */
export interface PatternFlaw {
  code: 'POLICY_PATTERN' | 'POLICY_VARIABLE_TWICE';
  message: string;
  hint: string;
}

export function isVerb(text: string): text is Verb {
  return text === CONNECT || (HTTP_VERBS as readonly string[]).includes(text);
}

/** Parses `METHODS /path`; gives the first flaw instead where there is one. */
export function parsePattern(text: string): RoutePattern | PatternFlaw {
  const parts = /^(\S+) +(\/\S*)$/.exec(text);
  if (!parts?.[1] || !parts[2]) {
    return flaw(
      `\`${text}\` is not of the form \`METHODS /path\``,
      'write for example `GET,PUT /users/{user}`',
    );
  }
  const verbs = parseVerbs(parts[1]);
  if ('code' in verbs) return verbs;
  const segments = parseSegments(parts[2]);
  if ('code' in segments) return segments;
  if (verbs.includes(CONNECT) && segments.length > 0) {
    return flaw('`CONNECT` has a path other than `/`', 'a WebSocket `$connect` is `CONNECT /`');
  }
  return { verbs, segments };
}

/** The names that a pattern captures, in path order. */
export function variablesOf(pattern: RoutePattern): string[] {
  return pattern.segments.flatMap((segment) =>
    segment.kind === 'any' && segment.variable !== null ? [segment.variable] : [],
  );
}

function parseVerbs(text: string): readonly Verb[] | PatternFlaw {
  if (text === 'ANY') return HTTP_VERBS;
  const words = text.split(',');
  const unknown = words.find((word) => !isVerb(word));
  if (unknown !== undefined) {
    return flaw(
      `\`${unknown}\` is not a method`,
      `write \`ANY\` alone, or a comma list without spaces of ${HTTP_VERBS.join(' ')} (a WebSocket: CONNECT)`,
    );
  }
  return [...new Set(words as Verb[])];
}

function parseSegments(path: string): PatternSegment[] | PatternFlaw {
  if (path === '/') return [];
  const segments: PatternSegment[] = [];
  const seen = new Set<string>();
  const words = path.slice(1).split('/');
  if (words.length > MAX_SEGMENTS) {
    return flaw(`the path has ${words.length} segments`, `no request has more than ${MAX_SEGMENTS}`);
  }
  for (const [index, word] of words.entries()) {
    const segment = parseSegment(word, index === words.length - 1);
    if ('code' in segment) return segment;
    if (segment.kind === 'any' && segment.variable !== null) {
      if (seen.has(segment.variable)) {
        return {
          code: 'POLICY_VARIABLE_TWICE',
          message: `variable \`${segment.variable}\` stands twice in \`${path}\``,
          hint: 'give each captured segment a name of its own',
        };
      }
      seen.add(segment.variable);
    }
    segments.push(segment);
  }
  return segments;
}

function parseSegment(word: string, last: boolean): PatternSegment | PatternFlaw {
  if (word === '') return flaw('the path has an empty segment', 'write single slashes and none at the end');
  if (word === '*') return { kind: 'any', variable: null };
  if (word === '**') {
    return last
      ? { kind: 'rest' }
      : flaw('`**` stands before the end of the path', 'use `*` for one segment; `**` only as the last one');
  }
  const variable = /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(word)?.[1];
  if (variable !== undefined) return { kind: 'any', variable };
  if (/^\{.*\+\}$/.test(word)) {
    return flaw(`\`${word}\` is API Gateway's notation`, 'a policy writes `**` for the rest of a path');
  }
  const text = decodeSegment(word);
  if (text === null) {
    return flaw(
      `segment \`${word}\` holds a character or escape that no unambiguous path has`,
      'a segment is a literal, `*`, `{name}` or a final `**`; a literal decodes to no / \\ % * ? ; { } or control character',
    );
  }
  return { kind: 'literal', text };
}

function flaw(message: string, hint: string): PatternFlaw {
  return { code: 'POLICY_PATTERN', message, hint };
}
