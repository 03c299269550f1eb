/**
 * Whether every caller's document says exactly what the policy does, for plain paths: segments of letters, digits and
 * . _ ~ @ : + = -, no trailing slash. A proof or a refusal, and it may refuse too much: any rules may stand for one
 * caller, and any value may stand in a bound segment.
 */

import type { Artefact } from '../artefact.ts';
import { HTTP_VERBS, type Verb } from '../pattern.ts';
import type { DeclaredRoute } from './declared-routes.ts';
import { AMBIGUOUS, MAX_ARN, MAX_DOCUMENT } from './document.ts';
import { isPlainSegment } from './grants.ts';
import { meets, ONE, STAR, type Token, within } from './language.ts';
import { type ListedPattern, patternsOf } from './patterns.ts';
import { type BoundPattern, denialsOf, overreachOf, resourcesOf } from './resources.ts';

export interface CallerIssue {
  /** The rules at fault, by id. */
  rules: string[];
  message: string;
  hint: string;
}

/** Stands for the value of a bound segment. Longer ones can take a document over 8 KB, which is a 500. */
const SOME_VALUE = 'v'.repeat(64);

/** GovCloud has the longest partition and Regions; API Gateway takes stage names of 128 characters. */
const LONGEST_STAGE = 's'.repeat(128);
const LONGEST_API_ARN = 'arn:aws-us-gov:execute-api:us-gov-east-1:123456789012:abcdefghij/';

/** An HTTP API's stage is `$default`, whatever the stage of the deployment is called. */
function stageArnOf(stage: string): string {
  return LONGEST_API_ARN + (stage.length < '$default'.length ? '$default' : stage);
}

/** A pattern as the proof sees it. */
interface Examined {
  id: string;
  effect: 'allow' | 'deny';
  listed: ListedPattern;
  /** What it can match, whatever the values. */
  language: Token[];
  /** With `SOME_VALUE` in bound segments: a value is a literal, which swallows no slash. */
  pattern: BoundPattern;
}

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

export interface DocumentSize {
  /** Null for a caller without a group. */
  group: string | null;
  bytes: number;
}

/** At the most so many bytes is the document of a caller with one group, or none, whatever else the rules ask for. */
export function documentSizes(policy: Artefact, stage = LONGEST_STAGE): DocumentSize[] {
  const patterns = examine(policy);
  return [null, ...Object.keys(policy.groups)].map((group) => {
    const held = group === null ? [] : closureOf(policy.groups, group);
    const mayStand = ({ listed }: Examined) => {
      const wanted = policy.rules[listed.rule]?.to?.groups;
      return !wanted || wanted.some((each) => held.includes(each));
    };
    return { group, bytes: bytesOf(patterns.filter(mayStand), stage) };
  });
}

/** A group, and all that it includes; a checked policy has no cycle. */
function closureOf(groups: Artefact['groups'], group: string): string[] {
  return [group, ...(groups[group]?.includes ?? []).flatMap((each) => closureOf(groups, each))];
}

function examine(policy: Artefact): Examined[] {
  return patternsOf(policy)
    .filter(({ verbs }) => HTTP_VERBS.some((verb) => verbs.includes(verb)))
    .map((listed) => {
      const { id = '', effect = 'deny' } = policy.rules[listed.rule] ?? {};
      const segments = listed.parts.map((part) => {
        if (part === 'any') return null;
        return 'literal' in part ? part.literal : SOME_VALUE;
      });
      const pattern = { segments, rest: listed.rest };
      const fixed = listed.parts.map(
        (part): Token => (part !== 'any' && 'literal' in part ? part.literal : ONE),
      );
      return { id, effect, listed, pattern, language: listed.rest ? [...fixed, STAR] : fixed };
    });
}

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
      return same !== undefined && same !== 'any' && 'claim' in same && same.claim === part.claim;
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

function sizeIssues(patterns: readonly Examined[], stage: string): CallerIssue[] {
  const long = patterns.find((each) => resourcesFor(each, stage).some(({ length }) => length > MAX_ARN));
  if (long) {
    return [
      {
        rules: [long.id],
        message: `one of its paths takes a resource over the ${MAX_ARN} characters that API Gateway takes`,
        hint: 'shorten the path, or use `answerMode: request`',
      },
    ];
  }
  const bytes = bytesOf(patterns, stage);
  if (bytes <= MAX_DOCUMENT) return [];
  const heaviest = patterns.toSorted((a, b) => bytesOf([b], stage) - bytesOf([a], stage));
  return [
    {
      rules: [...new Set(heaviest.map(({ id }) => id))],
      message: `a caller for whom all of them stand would get a document of ${bytes} bytes, and API Gateway takes ${MAX_DOCUMENT}`,
      hint: 'write verbs in place of `ANY`, use fewer patterns, or `answerMode: request`; the heaviest rules stand first',
    },
  ];
}

/** Never less than the document of a caller for whom some of these stand. */
function bytesOf(patterns: readonly Examined[], stage: string): number {
  const ambiguous = AMBIGUOUS.map((path) => `${stageArnOf(stage)}/${path}`);
  const resources = [...ambiguous, ...patterns.flatMap((each) => resourcesFor(each, stage))];
  const frame = JSON.stringify({ Version: '2012-10-17', Statement: [FRAME, FRAME] }).length;
  return new TextEncoder().encode(JSON.stringify(resources)).length + frame;
}

const FRAME = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [] };

function resourcesFor({ effect, listed, pattern }: Examined, stage: string): string[] {
  const paths =
    effect === 'deny'
      ? denialsOf(pattern)
      : [...resourcesOf(pattern), ...overreachOf(pattern).map(({ resource }) => resource)];
  return HTTP_VERBS.filter((verb) => listed.verbs.includes(verb)).flatMap((verb) =>
    paths.map((path) => `${stageArnOf(stage)}/${verb}/${path}`),
  );
}
