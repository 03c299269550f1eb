/**
 * Everything that one caller may do, as one IAM document (docs/caching.md, "caller mode"). Sound: for every request
 * that it allows, `decide` allows at the moment it is made. What it does not allow is denied.
 */

import type { Artefact } from '../artefact.ts';
import type { Circumstances } from '../decide.ts';
import type { Principal } from '../principal.ts';
import { type Grants, grantsOf } from './grants.ts';
import { denialsOf, overreachOf, resourcesOf } from './resources.ts';

export interface CallerDocument {
  Version: '2012-10-17';
  Statement: CallerStatement[];
}

export interface CallerStatement {
  Effect: 'Allow' | 'Deny';
  Action: 'execute-api:Invoke';
  Resource: string[];
}

/** API Gateway's limit for a resource is 512 characters (contracts A3); a request whose ARN is longer is denied. */
export const MAX_ARN = 511;

/** Where a limit of the whole answer is documented, it is 8 KB (contracts A3, A11); 592 bytes are left for one denial more. */
export const MAX_DOCUMENT = 7600;

/** The document would not fit: our failure, never an answer that is cut short. */
export class CallerDocumentError extends Error {
  override readonly name = 'CallerDocumentError';
  readonly code = 'CALLER_DOCUMENT';
}

/**
 * What no path may hold in a form that a proxy, a framework or IAM could read in another way (`segmentsOfPath`):
 * denied whatever is granted. A literal `*` or `?` cannot be said in IAM; no gateway of AWS's passes a `?` in a path.
 */
export const AMBIGUOUS = ['*//*', '*/./*', '*/../*', '*/.', '*/..', '*%*', '*;*', '*{*', '*}*', '*\\*'];

/**
 * `stageArn` is the request's own ARN up to the stage. Throws `CallerDocumentError` if the document would be over
 * 8 KB, or a denial over 511 characters.
 */
export function callerDocument(
  policy: Artefact,
  principal: Principal,
  circumstances: Circumstances,
  stageArn: string,
): CallerDocument {
  // Written by API Gateway, never by a client; with a wildcard in it the document would speak of other stages.
  if (/[*?{}]/.test(stageArn)) throw new CallerDocumentError('the stage ARN holds a wildcard');
  return documentOf(grantsOf(policy, principal, circumstances), stageArn);
}

/** The document of given grants. Throws as `callerDocument`. */
export function documentOf(grants: readonly Grants[], stageArn: string): CallerDocument {
  const allowed = new Set<string>();
  const denied = new Set(AMBIGUOUS.map((path) => `${stageArn}/${path}`));
  for (const { verb, allowed: patterns, denied: refused } of grants) {
    const below = (path: string) => `${stageArn}/${verb}/${path}`;
    for (const pattern of patterns) {
      const granted = resourcesOf(pattern).map(below);
      const guards = overreachOf(pattern).map(({ resource }) => below(resource));
      // What it would allow has an ARN of this length too, or nearly: `decide` denies those over 512.
      if ([...granted, ...guards].some(isTooLong)) continue;
      for (const each of granted) allowed.add(each);
      for (const each of guards) denied.add(each);
    }
    for (const pattern of refused) for (const each of denialsOf(pattern)) denied.add(below(each));
  }
  if (allowed.size === 0) return document([statement('Deny', [`${stageArn}/*`])]);
  if ([...denied].some(isTooLong)) throw new CallerDocumentError('a denial is over 511 characters');
  return document([statement('Allow', [...allowed]), statement('Deny', [...denied])]);
}

export function statement(Effect: CallerStatement['Effect'], Resource: string[]): CallerStatement {
  return { Effect, Action: 'execute-api:Invoke', Resource };
}

function document(Statement: CallerStatement[]): CallerDocument {
  const made: CallerDocument = { Version: '2012-10-17', Statement };
  if (sizeOf(made) > MAX_DOCUMENT) throw new CallerDocumentError('the document is over 8 KB');
  return made;
}

/** Bytes as JSON in UTF-8. */
export function sizeOf(made: CallerDocument): number {
  return new TextEncoder().encode(JSON.stringify(made)).length;
}

function isTooLong(arn: string): boolean {
  return arn.length > MAX_ARN;
}
