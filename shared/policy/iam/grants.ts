/** Which patterns stand for one caller, with the caller's own values in the bound segments. */

import type { Artefact } from '../artefact.ts';
import { type Circumstances, domainRefusal, evidenceFor, judgeRule } from '../decide.ts';
import { HTTP_VERBS, type Verb } from '../pattern.ts';
import { evidenceOf, type Principal } from '../principal.ts';
import { within } from './language.ts';
import { type ListedPattern, patternsOf } from './patterns.ts';
import { type BoundPattern, languageOf } from './resources.ts';

/** What one caller may do with one verb. */
export interface Grants {
  verb: Verb;
  allowed: BoundPattern[];
  denied: BoundPattern[];
}

/** A value outside this could mean something to IAM, or come in an ARN in a form that nobody has documented. */
const PLAIN_VALUE = /^[A-Za-z0-9._~@:+=-]+$/;

export function isPlainSegment(text: string): boolean {
  return PLAIN_VALUE.test(text);
}

/** Empty for a caller who may do nothing at all. A WebSocket's `CONNECT` is not among the verbs: it is not cached. */
export function grantsOf(policy: Artefact, principal: Principal, circumstances: Circumstances): Grants[] {
  const refused = principal.kind !== 'machine' && domainRefusal(policy, principal) !== null;
  if (circumstances.revoked || refused) return [];
  const evidence = evidenceFor(policy, principal, circumstances);
  const stands = policy.rules.map((rule) => judgeRule(rule, evidence).stands);
  const bound = patternsOf(policy).flatMap((listed) => {
    const pattern = stands[listed.rule] ? bind(listed, principal) : null;
    return pattern ? [{ effect: policy.rules[listed.rule]?.effect, verbs: listed.verbs, pattern }] : [];
  });
  return HTTP_VERBS.flatMap((verb) => {
    const of = (effect: string) =>
      bound
        .filter((each) => each.effect === effect && each.verbs.includes(verb))
        .map(({ pattern }) => pattern);
    const allowed = widest(of('allow'));
    return allowed.length === 0 ? [] : [{ verb, allowed, denied: of('deny') }];
  });
}

/** Null if a bound segment has no value, or one that cannot stand in a resource: then no plain path matches. */
function bind({ parts, rest }: ListedPattern, principal: Principal): BoundPattern | null {
  const segments: (string | null)[] = [];
  for (const part of parts) {
    if (part === 'any') segments.push(null);
    else if ('literal' in part) segments.push(part.literal);
    else {
      const value = evidenceOf(principal, part.claim);
      if (typeof value !== 'string' || !isPlainSegment(value)) return null;
      segments.push(value);
    }
  }
  return { segments, rest };
}

/** Without the patterns that another one holds: what guards a narrow one would deny the wide one's paths. */
function widest(patterns: BoundPattern[]): BoundPattern[] {
  const distinct = new Map(patterns.map((pattern) => [JSON.stringify(pattern), pattern]));
  const all = [...distinct.values()].map((pattern) => ({ pattern, language: languageOf(pattern) }));
  // A list of literals holds itself only.
  const wide = all.filter(({ pattern: { segments, rest } }) => rest || segments.includes(null));
  return all
    .filter((each) => !wide.some((other) => other !== each && within(each.language, other.language)))
    .map(({ pattern }) => pattern);
}
