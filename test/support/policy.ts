/** Policies for tests, from text. */

import type { Artefact } from '../../shared/policy/artefact.ts';
import { compilePolicy } from '../../shared/policy/compile.ts';
import { type Decision, decide } from '../../shared/policy/decide.ts';
import { parsePolicy } from '../../shared/policy/parse.ts';
import { claimedOrigin, type IssuerMap, principalOf } from '../../shared/policy/principal.ts';

/** Compiles policy text; throws with its errors. Round-trips JSON, as a build does. */
export function compiled(text: string): Artefact {
  const parsed = parsePolicy(text);
  if (!parsed.ok)
    throw new Error(
      parsed.issues
        .map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`)
        .join('\n'),
    );
  return JSON.parse(JSON.stringify(compilePolicy(parsed.policy))) as Artefact;
}

export const NOW = 1_800_000_000;

export interface Question {
  claims: Record<string, unknown>;
  request: string;
  now?: number;
  ttl?: number;
  maps?: Record<string, IssuerMap>;
}

/** Asks as the command line does: claims are taken to be true. */
export async function ask(
  policy: Artefact,
  { claims, request, now = NOW, ttl = 0, maps = {} }: Question,
): Promise<Decision> {
  const [verb = '', path = ''] = request.split(' ');
  const principal = await principalOf(claims, claimedOrigin(claims, maps));
  return decide(
    policy,
    principal,
    { verb, path, flaw: null },
    { nowSeconds: now, ttlSeconds: ttl, revoked: false },
  );
}
