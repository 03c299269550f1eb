/** How answers to a policy can be cached: what each mode needs, and whether `caller` mode can be built. */

import { HTTP_KEY, REST_KEY } from '../shared/deployment/caching.ts';
import type { Artefact } from '../shared/policy/artefact.ts';
import { MAX_DOCUMENT } from '../shared/policy/iam/document.ts';
import { callerIssues } from '../shared/policy/iam/exactness.ts';
import { documentSizes } from '../shared/policy/iam/size.ts';
import { printable } from '../shared/policy/print.ts';

export interface CachingOptions {
  stage: string;
  ttl: number;
  /** `POLICY_REFRESH_SECONDS`. */
  refresh: number;
}

export function cachingAsJson(policy: Artefact, { stage, ttl, refresh }: CachingOptions) {
  return {
    worstCaseSeconds: ttl,
    revokedWithinSeconds: refresh + ttl,
    request: { rest: REST_KEY, http: HTTP_KEY },
    caller: {
      rest: REST_KEY.slice(0, 1),
      http: HTTP_KEY.slice(0, 1),
      issues: callerIssues(policy, { stage }),
      bytes: documentSizes(policy, stage),
      limit: MAX_DOCUMENT,
    },
  };
}

export function cachingAsText(policy: Artefact, options: CachingOptions): string {
  const { worstCaseSeconds, revokedWithinSeconds, request, caller } = cachingAsJson(policy, options);
  const sizes = caller.bytes.map(
    ({ group, bytes }) => `${group === null ? 'no group' : printable(group)} ${bytes}`,
  );
  const refused = caller.issues.flatMap(({ rules, message, hint }) => [
    `  ${printable(rules.join(', '))}: ${printable(message)}`,
    `    help: ${hint}`,
  ]);
  return [
    '',
    'request mode: an answer is for one request',
    `  REST API   type request, identity sources ${request.rest.join(', ')}; or TTL 0`,
    `  HTTP API   identity sources ${request.http.join(', ')}; or TTL 0`,
    `caller mode: an answer is for all that the caller may do; ${refused.length > 0 ? 'cannot be built' : 'can be built'}`,
    ...refused,
    `  REST API   type token, or type request with identity source ${caller.rest.join(', ')}`,
    `  HTTP API   HTTP_RESPONSE=iam and identity source ${caller.http.join(', ')}`,
    `  bytes of the largest document, of ${caller.limit}, in stage ${options.stage}: ${sizes.join(', ')}`,
    `a cached answer outlives the token and a change of policy or groups by up to ${worstCaseSeconds} s (--ttl)`,
    `a revoked token is denied within ${revokedWithinSeconds} s: ${options.refresh} s until the authorizer has read it (--refresh), and the same ${worstCaseSeconds} s`,
  ].join('\n');
}
