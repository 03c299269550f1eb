/** What the backend is told of the caller, as scalars: REST APIs take nothing else (contracts A3). */

import type { Artefact } from '../policy/artefact.ts';
import type { Decision } from '../policy/decide.ts';
import { membershipsOf } from '../policy/memberships.ts';
import type { ContextValue } from './authorizer-answer.ts';

/** Absent values are left out, and so is an e-mail address that nobody has verified. */
export function backendContext(
  policy: Artefact,
  { code, rule, principal }: Decision,
  { policyHash, answerMode }: { policyHash: string; answerMode: 'request' | 'caller' },
): Record<string, ContextValue> {
  const groups = [...membershipsOf(policy, principal).held].toSorted();
  const context = {
    sub: principal.sub,
    username: principal.username,
    email: principal.emailVerified ? principal.email : null,
    // A JSON array as text: group names may hold commas.
    groups: principal.kind === 'user' ? JSON.stringify(groups) : null,
    scope: principal.scopes?.join(' ') ?? null,
    clientId: principal.client,
    tokenUse: principal.tokenUse,
    // Another issuer chooses its own subjects; without its name one could pass for a user of the pool (ADR 6).
    issuer: principal.foreign ? principal.pool : null,
    policy: policyHash,
    // What is kept for everything that the caller may do says nothing of the one request that was asked about.
    decision: answerMode === 'request' ? code : null,
    rule: answerMode === 'request' ? rule : null,
  };
  return Object.fromEntries(
    Object.entries(context).filter((pair): pair is [string, string] => pair[1] !== null),
  );
}
