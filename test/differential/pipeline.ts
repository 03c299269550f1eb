/** From policy text to answers, as the authorizer goes: what the other evaluators are compared with. */

import { compilePolicy } from '../../shared/policy/compile.ts';
import { decide } from '../../shared/policy/decide.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { claimedOrigin, principalOf } from '../../shared/policy/principal.ts';
import type { Artefact } from '../../shared/policy/artefact.ts';

export type Judge = (
  claims: Record<string, unknown>,
  request: string,
  when: { now: number; ttl: number },
) => Promise<string>;

/** Answers are `effect code rule`, as in test/cases/decide.yml. Throws if the text is no policy. */
export function judgeOf(text: string): Judge {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(parsed.issues.map(({ message }) => message).join('\n'));
  // Through JSON, as a build does.
  const artefact = JSON.parse(JSON.stringify(compilePolicy(parsed.policy))) as Artefact;
  return async (claims, request, { now, ttl }) => {
    const [verb = '', path = ''] = request.split(' ');
    const { effect, code, rule } = decide(
      artefact,
      await principalOf(claims, claimedOrigin(claims)),
      { verb, path, flaw: null },
      { nowSeconds: now, ttlSeconds: ttl, revoked: false },
    );
    return `${effect} ${code} ${rule}`;
  };
}
