/**
 * Whether every caller's document says exactly what the policy does, for plain paths: segments of letters, digits and
 * . _ ~ @ : + = -, no trailing slash. A proof or a refusal, and it may refuse too much: any rules may stand for one
 * caller, and any value may stand in a bound segment.
 */

import type { Artefact } from '../artefact.ts';
import { HTTP_VERBS, type Verb } from '../pattern.ts';
import type { DeclaredRoute } from './declared-routes.ts';
import { type CallerIssue, type Examined, examine, SOME_VALUE } from './examined.ts';
import { isPlainSegment } from './grants.ts';
import { meets, ONE, STAR, within } from './language.ts';
import { overreachOf } from './resources.ts';
import { LONGEST_STAGE, sizeIssues } from './size.ts';

/** What is known of the API. */
export interface KnownApi {
  /** Its stage's name; without it the longest is assumed. */
  stage?: string | undefined;
  /** All its routes: paths that it does not serve need no answer. Without them every path is served. */
  routes?: readonly DeclaredRoute[] | undefined;
}

/** Empty if `ANSWER_MODE=caller` answers as `request` would, for every caller. */
export function callerIssues(
  policy: Artefact,
  { stage = LONGEST_STAGE, routes }: KnownApi = {},
): CallerIssue[] {
  const patterns = examine(policy);
  return [
    ...literalIssues(patterns),
    ...wildcardIssues(patterns, routes ?? [EVERYTHING]),
    ...sizeIssues(patterns, stage),
  ];
}

const EVERYTHING: DeclaredRoute = { verbs: HTTP_VERBS, language: [STAR] };

/** How API Gateway writes other characters into an ARN is not documented; such a grant might never match. */
function literalIssues(patterns: readonly Examined[]): CallerIssue[] {
  return patterns.flatMap(({ id, effect, pattern: { segments } }) => {
    const odd = segments.find((segment) => segment !== null && !isPlainSegment(segment));
    if (effect === 'deny' || odd == null) return [];
    return [
      {
        rules: [id],
        message: `\`${odd}\` may stand in an ARN in another form`,
        hint: 'use letters, digits and . _ ~ @ : + = - in its paths, or `answerMode: request`',
      },
    ];
  });
}

/** In IAM a wildcard crosses `/`, and what stops one from doing so must not stop what another rule grants. */
function wildcardIssues(patterns: readonly Examined[], routes: readonly DeclaredRoute[]): CallerIssue[] {
  const grants = patterns.filter(({ effect }) => effect === 'allow');
  const found = new Map<string, CallerIssue>();
  for (const narrow of patterns) {
    const beyond = overreachOf(narrow.pattern).map(({ language }) =>
      language.map((token) => (token === SOME_VALUE ? ONE : token)),
    );
    const stopped = (grant: Examined) =>
      routes.some(
        (route) =>
          shareVerb(narrow.listed, grant.listed, route) &&
          beyond.some((language) => meets(language, grant.language, route.language)),
      );
    for (const grant of beyond.length === 0 ? [] : grants) {
      if (isHarmless(narrow, grant) || !stopped(grant)) continue;
      found.set(`${narrow.id} ${grant.id}`, wildcardIssue(narrow, grant));
    }
  }
  return [...found.values()];
}

/** Beside a grant that holds it a narrow grant is left out; a grant that a denial holds is denied in any case. */
function isHarmless(narrow: Examined, grant: Examined): boolean {
  if (narrow === grant) return false;
  return narrow.effect === 'deny' ? isAlwaysWithin(grant, narrow) : isAlwaysWithin(narrow, grant);
}

/** True if the one is within the other whatever the values: where the outer one has a value, the inner has the same. */
function isAlwaysWithin(inner: Examined, outer: Examined): boolean {
  return (
    within(inner.language, outer.language) &&
    outer.listed.parts.every((part, index) => {
      if (part === 'any' || 'literal' in part) return true;
      const same = inner.listed.parts[index];
      return typeof same === 'object' && 'claim' in same && same.claim === part.claim;
    })
  );
}

function shareVerb(...all: readonly { verbs: readonly Verb[] }[]): boolean {
  return HTTP_VERBS.some((verb) => all.every(({ verbs }) => verbs.includes(verb)));
}

function wildcardIssue(narrow: Examined, grant: Examined): CallerIssue {
  const does = narrow.effect === 'allow' ? 'grants' : 'denies';
  return narrow === grant
    ? {
        rules: [narrow.id],
        message: 'a one-segment wildcard stands before a literal and `**`: in IAM a wildcard crosses `/`',
        hint: 'end the path at the literal, or use `answerMode: request`',
      }
    : {
        rules: [...new Set([narrow.id, grant.id])],
        message: `\`${narrow.id}\` ${does} one segment where \`${grant.id}\` grants deeper paths: in IAM a wildcard crosses \`/\``,
        hint: 'use `**` in both, begin the paths differently, or use `answerMode: request`',
      };
}
